"""manage.py web: pages, API, sockets and streams on one port, until stopped, by WEB_PROCESSES processes."""

from argparse import ArgumentTypeError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from apps.core.asgi.web_server import serve
from apps.core.parsing.values import read_port
from apps.core.web_processes.parent import become
from apps.core.web_processes.place import place


def _port(text: str) -> int:
    port = read_port(text)
    if port is None:
        raise ArgumentTypeError(f"{text!r} is no port. Give a number between 1 and 65535.")
    return port


class Command(BaseCommand):
    help = "Serve pages, the API, sockets and streams. Runs until SIGTERM or Ctrl-C."
    # It waits for a database that is down or not migrated yet.
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=_port, default=8000)
        parser.add_argument("--grace-seconds", type=int, default=20, help="For responses in progress when it stops.")

    def handle(self, *args: object, host: str, port: int, grace_seconds: int, **options: object) -> None:
        if place() is None and settings.WEB_PROCESSES > 1:
            become(host=host, port=port, processes=settings.WEB_PROCESSES, grace_seconds=grace_seconds)
        serve(host=host, port=port, grace_seconds=grace_seconds)
