"""SQL in the code, bound to the databases that it runs on."""
