"""Code and data together: what the move does to the SQL in the code, and what has to wait."""
