"""Rights of the chat room. What an order may do is asked of the person who typed it, by the command it calls."""

from tocsin.kernel.actor import RESPONDERS, STAFF, Permission

VIEW = Permission("chat.view", STAFF, "see the chat channels of incidents")
OPEN = Permission("chat.open", RESPONDERS, "open or leave the chat channel of an incident")
HEAR = Permission("chat.hear", frozenset(), "hear what is said in a chat: that is Tocsin's own")
