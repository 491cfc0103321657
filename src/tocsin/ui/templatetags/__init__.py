"""Template tags of the design language; builtins of every template."""
