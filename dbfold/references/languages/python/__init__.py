"""Places in Python that name a database."""
