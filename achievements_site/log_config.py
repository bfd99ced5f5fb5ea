"""Structured logs: one JSON object per line, with the request id."""

import logging
import logging.config

import structlog

from achievements_site.log_discretion import format_errors, mask_addresses, name_refusal, name_route, redact_tasks
from apps.core.web_processes.place import place


def _name_process(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Say which of several web processes writes to their common log."""
    if (own := place()) is not None:
        event["process"] = own.number
    return event


_SHARED: list[structlog.typing.Processor] = [
    _name_process,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, debug: bool) -> None:
    """Route the standard library's and structlog's records through one renderer."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_configuration(debug=debug))
    logging.captureWarnings(capture=True)


def _configuration(*, debug: bool) -> dict[str, object]:
    """Return the configuration for logging.config: one handler, and levels per logger."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": _formatter(debug=debug)},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            # Uvicorn has installed handlers of its own before it imports us.
            "uvicorn": {"level": "WARNING", "handlers": [], "propagate": True},
            "uvicorn.error": {"level": "WARNING", "handlers": []},
        },
    }


def _formatter(*, debug: bool) -> dict[str, object]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "pass_foreign_args": True,
        "processors": [
            name_refusal,
            name_route,
            redact_tasks,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            format_errors,
            mask_addresses,
            structlog.dev.ConsoleRenderer() if debug else structlog.processors.JSONRenderer(),
        ],
    }
