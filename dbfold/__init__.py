"""Fold many SQLite files into the few an application should have, and keep it so."""

from dbfold.base.version import VERSION as __version__

__all__ = ["__version__"]
