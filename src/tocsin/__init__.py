"""Tocsin: from the first alarm to the lesson learned."""

__version__ = "0.1.0"
