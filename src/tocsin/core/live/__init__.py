"""The live stream: what happens now, to everyone who may see it, over server-sent events."""

from tocsin.core.live.stream import application, shutdown, startup

__all__ = ["application", "shutdown", "startup"]
