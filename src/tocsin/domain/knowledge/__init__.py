"""What is learned: reports of incidents, their review and action items."""
