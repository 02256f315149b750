"""The databases as they are: which files, who has them open, a copy at one instant."""
