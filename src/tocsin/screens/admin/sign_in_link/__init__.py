"""Signing in once with a link, and the first password after it."""
