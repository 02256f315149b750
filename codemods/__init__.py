"""The programs that rewrite code, each a module to run: `python -m codemods.rewrite_db_paths services/`."""
