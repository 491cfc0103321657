"""Notifications in a browser that a person added, also when no page is open."""
