"""Tocsin's own checks: HTTP, TCP, TLS and DNS, each a probe that goes out once and says what it found."""
