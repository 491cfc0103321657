"""Home: what burns, what is mine, what is due, who is on call, and how Tocsin itself does."""
