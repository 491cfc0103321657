"""Obligations: whom the law or a contract wants told of an incident, by when, and what was decided about it."""
