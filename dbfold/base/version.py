"""The version of dbfold: the only place where it is written down.

Not asked of importlib.metadata, whose import takes longer than Python's start; and a checkout has one without being
installed.
"""

VERSION = "0.1.0"
