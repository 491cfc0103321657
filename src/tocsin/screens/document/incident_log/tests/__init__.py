"""Tests of the Incident Log."""
