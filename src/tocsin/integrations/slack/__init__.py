"""Slack: messages out through an incoming webhook."""
