"""A plan as SQL, and the new file that it makes."""
