"""What expressions may be, across modules: the parts that `Project` puts together."""
