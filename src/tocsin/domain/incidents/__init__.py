"""Incidents: an emergency from its first alert to its close. Lower rooms never know it; it calls them and listens."""
