"""Reachability: what would keep a page from reaching somebody, worst first, each with its mend."""
