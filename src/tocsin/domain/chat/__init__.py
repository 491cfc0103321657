"""Incidents in the team's own chat: a channel for an incident, what is said on either side, orders typed there."""
