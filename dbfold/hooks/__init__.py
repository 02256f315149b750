"""What blocks a commit: the rules on what is staged."""
