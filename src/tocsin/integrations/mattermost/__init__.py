"""Mattermost: messages out through an incoming webhook, with buttons that answer."""
