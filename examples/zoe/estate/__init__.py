"""The example estate: the source tree and the databases of an assistant called Zoe, made to measure."""
