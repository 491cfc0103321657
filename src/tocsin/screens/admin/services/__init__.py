"""The catalogue of services as a settings screen."""
