"""What reports have in common: how a stream is written to, tables, counts, JSON and SARIF."""
