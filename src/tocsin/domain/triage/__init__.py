"""Triage: what a proposed incident probably is, learned from what people confirmed, and templates to declare from."""
