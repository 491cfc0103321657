"""Messages as mail, through the administrator's mail server."""
