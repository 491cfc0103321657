"""Internal Status Page: every incident, who leads it, what is due next, every component, and how Tocsin itself does."""
