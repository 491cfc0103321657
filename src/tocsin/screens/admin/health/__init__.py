"""Health: how Tocsin itself does, and what to do about what it gave up."""
