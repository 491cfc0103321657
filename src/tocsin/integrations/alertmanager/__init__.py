"""Alertmanager: a real Prometheus, amtool and Alertmanager itself talk to Tocsin as to an Alertmanager."""
