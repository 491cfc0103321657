"""Incident Log: every entry of an incident as it is kept, whether its chain is whole, and a proof to take away."""
