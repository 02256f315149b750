"""What Python code says: syntax, names, facts of modules, and values across modules."""
