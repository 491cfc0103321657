"""What changes staff alerts. What only this room's own jobs and reactions call is not handed out here."""

from tocsin.domain.broadcasts.commands.alerting import answer, ask_again, close_alert, send_alert, stop_repeating

__all__ = ["answer", "ask_again", "close_alert", "send_alert", "stop_repeating"]
