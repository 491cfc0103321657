"""A copy of the whole installation in one file, and the way back: any database, any earlier version's copy."""
