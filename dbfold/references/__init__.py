"""What is: files, places that name a database, and their verdicts."""
