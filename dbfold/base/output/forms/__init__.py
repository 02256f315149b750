"""Forms of a report that every command has, each in a module of its own."""
