"""The organisation as code, as people use it."""
