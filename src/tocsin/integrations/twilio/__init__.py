"""Text messages and phone calls through Twilio."""
