"""SQLite and its language, without rows and without a policy."""
