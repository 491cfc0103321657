"""Checks and probes: whether a service answers, asked by Tocsin itself."""
