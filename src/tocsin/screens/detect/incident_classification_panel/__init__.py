"""Incident Classification Panel: is it an incident, and which; the alerts, routes and silences behind it."""
