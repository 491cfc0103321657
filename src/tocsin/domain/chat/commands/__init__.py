"""The only writers of this room. What only its own workers call (`telling`, `acting`) is not handed out."""

from tocsin.domain.chat.commands.channels import close_channel, open_channel, retry_channel
from tocsin.domain.chat.commands.hearing import forget_acquaintance, hear, reply

__all__ = ["close_channel", "forget_acquaintance", "hear", "open_channel", "reply", "retry_channel"]
