"""Public Status Page: what strangers see, and where they subscribe, confirm, choose and leave."""
