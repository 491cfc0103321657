"""Resolution Implementation: the root cause, what mends it for good, and 'Validate Fix' with its gates."""
