"""Drill: rehearse an emergency on a sample shop, step by step, with links to the real screens."""
