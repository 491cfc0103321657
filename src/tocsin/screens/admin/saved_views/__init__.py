"""Saved views: keeps and forgets them for the tables of every screen."""
