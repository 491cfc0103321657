"""Who is on call, by which rotation, and what happens when nobody answers."""
