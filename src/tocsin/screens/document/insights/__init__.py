"""Insights: what incidents, pages and alerts of the past come to, with a finding, a picture and a table for each."""
