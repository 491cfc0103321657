"""The live stream: what happens now, to everyone who may see it, over server-sent events."""
