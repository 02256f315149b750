"""The subcommands: arguments in, text out."""
