"""What is flagged and why."""
