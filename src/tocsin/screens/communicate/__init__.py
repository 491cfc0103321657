"""Communicate: what people inside and outside are told."""
