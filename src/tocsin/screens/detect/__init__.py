"""Screens of responding: teams, pages, notifications."""
