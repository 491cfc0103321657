"""Settings: where everything that can be set is found."""
