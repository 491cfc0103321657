"""Telegram: a bot that writes to people, with buttons that answer."""
