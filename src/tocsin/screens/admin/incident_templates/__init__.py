"""Incident templates: what an incident of a known sort is called, who is needed, what is to be done and said."""
