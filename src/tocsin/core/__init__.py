"""The ground floor above the kernel: event log, engine, secrets, search, live stream. Knows no domain."""
