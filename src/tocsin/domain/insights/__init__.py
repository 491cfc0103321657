"""Insights: what incidents, pages and alerts of the past come to. Above the rooms it reads; writes nothing."""
