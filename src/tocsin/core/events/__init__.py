"""The event log: append-only, hashed, signed. The facade is `tocsin.core.log`."""
