"""Secrets at rest: sealed with authenticated encryption, destroyed by destroying a key."""
