"""Team Notification System: who was reached by which channel, and calling the response team."""
