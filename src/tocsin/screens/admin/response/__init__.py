"""Settings of the response: lists of tasks, and the conference that every incident offers."""
