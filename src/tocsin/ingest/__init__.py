"""The door for alerts: takes them in fast, keeps them durably, and leaves every decision to the engine."""
