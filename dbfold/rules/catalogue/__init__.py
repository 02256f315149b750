"""The rules, each in a module of its own, with its examples."""
