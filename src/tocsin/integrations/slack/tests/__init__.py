"""Tests of this vendor."""
