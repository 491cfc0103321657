"""Screens for whoever keeps the house: people, services, sign-in."""
