"""Fold many SQLite files into the few an application should have, and keep it so."""
