"""What the organisation runs: services, components and systems, who owns them, and what needs what."""
