"""Search: everything that the viewer may see and that a text describes."""
