"""Backups, proven by restoring them: the drill, an earlier version's copy, and every way a file can be bad."""
