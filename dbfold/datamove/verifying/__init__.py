"""Is everything there? Asked with SQL of its own."""
