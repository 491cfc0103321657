"""One JSON object a line on stderr, from our own loggers, everybody else's and the web server's.

Hides structlog. Never writes a file, and nothing on stdout: that belongs to `ready` and the sign-in link.
"""

import logging
import sys
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from tocsin.project.home import setting


def configure_logs(process: str) -> None:
    """All logging of this process to stderr, each line naming `process`; from TOCSIN_LOG_LEVEL (INFO) up."""
    structlog.configure(
        processors=[*_facts(process), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(json_lines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(setting("LOG_LEVEL", "INFO").upper())
    # Every request line of an HTTP client would carry the address of somebody's webhook, secret included.
    for chatty in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def server_logging(process: str) -> dict[str, Any]:
    """What Granian's own loggers get instead of its plain lines on stdout, in `logging.config`'s words."""
    stderr = {"formatter": "json", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    return {
        "formatters": {"json": {"()": "tocsin.cli.logs.json_lines", "process": process}},
        "handlers": {"console": stderr, "access": stderr},
    }


def json_lines(process: str) -> logging.Formatter:
    """Formatter that makes a record one line of JSON naming `process`."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_facts(process),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(),
        ],
    )


def _facts(process: str) -> list[Processor]:
    """What every line says besides its message."""

    def name_process(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
        entry.setdefault("process", process)
        return entry

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        name_process,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
