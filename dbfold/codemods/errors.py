"""Why a rewrite did not happen."""

from __future__ import annotations


class RewriteError(Exception):
    """The module cannot be rewritten safely; the message says why. It stays as it is."""
