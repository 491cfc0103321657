"""Targets, severity matrix and legal clocks: edited as a draft, compared, published as an edition."""
