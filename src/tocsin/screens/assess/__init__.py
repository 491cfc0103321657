"""Screens of assessing: how bad it is and why, and what is owed by when."""
