"""Screens of resolving: the cause, the fix, and the proof that it holds."""
