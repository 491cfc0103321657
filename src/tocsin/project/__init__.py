"""Wiring only: settings, urls, ASGI. Nothing here decides anything."""
