"""ntfy: push notifications to a topic, of ntfy.sh or of one's own server."""
