"""Tests of Home."""
