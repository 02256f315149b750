"""The application in which the examples of the rules stand."""

from __future__ import annotations

POLICY = """\
version: 1
databases:
  shop.db:     {role: primary, path: /app/data/shop.db}
  search.db:   {role: specialized, path: /app/data/search.db, only: ["services/search/**"]}
  sessions.db: {role: retired, into: shop.db}
  audit.db:    {role: undecided}
  mail.db:     {role: external}
accessor: {roots: ["services/*"]}
data_dirs: [data]
temporary: [/tmp, "tests/**"]
config_files: ["**/config/*.py"]
"""
