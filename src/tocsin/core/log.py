"""The event log, as rooms use it: declare event types, append them, read them, react to them."""

from tocsin.core.events.append import Pending, append, append_many, hold, together
from tocsin.core.events.reactions import reaction
from tocsin.core.events.read import heads, news, read_stream, read_stream_back, read_streams_back, walk_back
from tocsin.core.events.types import Event, Recorded, event, registered

__all__ = [
    "Event",
    "Pending",
    "Recorded",
    "append",
    "append_many",
    "event",
    "heads",
    "hold",
    "news",
    "reaction",
    "read_stream",
    "read_stream_back",
    "read_streams_back",
    "registered",
    "together",
    "walk_back",
]
