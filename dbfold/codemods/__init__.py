"""From verdicts to proven text."""
