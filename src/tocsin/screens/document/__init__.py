"""Screens that keep what happened: the log of an incident, and what is learned from it."""
