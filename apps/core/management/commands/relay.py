"""manage.py relay: process recorded events until stopped. Several may run."""

import signal

from django.core.management.base import BaseCommand

from apps.core.background.relay_process import RelayLoop


class Command(BaseCommand):
    help = "Pass recorded events on: boards, counters, notifications. Runs until SIGTERM or Ctrl-C."
    # It waits for a database that is down or not migrated yet.
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        loop = RelayLoop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.stop())
        loop.run()
