"""Messages as signed HTTP requests, by the Standard Webhooks rules."""
