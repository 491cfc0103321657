"""Files of an incident: bring one, take one, remove one. Never shown in the page, always a download."""
