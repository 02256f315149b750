"""What knows nothing of databases: errors, exit codes, texts and their encodings, files, progress."""
