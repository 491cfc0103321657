"""Messages to the long tail of chat and push products, through the Apprise library."""
