"""Text messages through any gateway that takes an HTTP request, as the administrator describes it."""
