"""Generic JSON: alerts from a script or from any tool that can send a webhook."""
