"""One JSON object a line on stderr, from our own loggers and everybody else's.

Hides structlog. Never writes a file, and never a second time what Granian already wrote.
"""

import logging
import sys

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from tocsin.project.home import setting


def configure_logs(process: str) -> None:
    """All logging of this process to stderr, each line naming `process`; from TOCSIN_LOG_LEVEL (INFO) up."""

    def name_process(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
        entry.setdefault("process", process)
        return entry

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        name_process,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(setting("LOG_LEVEL", "INFO").upper())
    # Every request line of an HTTP client would carry the address of somebody's webhook, secret included.
    for chatty in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
