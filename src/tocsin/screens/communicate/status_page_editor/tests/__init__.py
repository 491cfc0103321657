"""Tests of this screen."""
