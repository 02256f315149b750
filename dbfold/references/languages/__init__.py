"""How a place that names a database is found, for each language."""
