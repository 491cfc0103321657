"""The only writers of this room. Commands of people come first; what was found is recorded by the engine."""

from tocsin.domain.monitoring.commands.arranging import (
    add_check,
    change_check,
    pause_check,
    remove_check,
    resume_check,
    run_now,
)
from tocsin.domain.monitoring.commands.recording import beat, judge_silence, keep_asking, record
from tocsin.domain.monitoring.commands.retention import forget_old

__all__ = [
    "add_check",
    "beat",
    "change_check",
    "forget_old",
    "judge_silence",
    "keep_asking",
    "pause_check",
    "record",
    "remove_check",
    "resume_check",
    "run_now",
]
