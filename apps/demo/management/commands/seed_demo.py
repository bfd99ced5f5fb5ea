"""manage.py seed_demo: six games, their players, and demo.json with credentials."""

from contextlib import nullcontext
from time import perf_counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from apps.core.background.relay import run_steps_until_empty
from apps.core.background.scheduled_jobs import find_job, quietly, run_due
from apps.core.clock import now
from apps.core.redis.client import RedisError
from apps.demo import pictures
from apps.demo.credentials import store_external_ids, store_keys, write_demo_file
from apps.demo.guests import store_guests
from apps.demo.notices import store_notices
from apps.demo.population import has_pictures, is_populated, populate, store_pictures
from apps.demo.studio_desk import furnish_portal
from apps.leaderboards.repair.rebuild import RebuildUnderWayError, rebuild_boards


class Command(BaseCommand):
    help = "Fill Laurel with demo data, once, and write demo.json. A second run only writes demo.json."
    # Set by callers that have started drawing already: waits for the result.
    stealth_options = ("drawn",)

    def add_arguments(self, parser: CommandParser) -> None:
        default = settings.DEMO_PLAYERS
        parser.add_argument("--players", type=int, default=default, help=f"how many players ({default})")

    def handle(self, *args: object, players: int, drawn: pictures.Drawn | None = None, **options: object) -> None:
        began = perf_counter()
        is_there = has_pictures()
        if not is_there:
            # Drawn in parallel with the rest, which takes as long.
            with nullcontext(drawn) if drawn else pictures.drawn_aside() as wait:
                self._populate(max(players, 20))
                self._say("drawing the last pictures")
                drawn_pictures = wait()
                self._say("furnishing inboxes and the portal")
                with transaction.atomic():
                    store_pictures(drawn_pictures)
                    furnish_portal(now(), drawn_pictures)
                    store_notices(now())
                    store_guests(now())
                run_steps_until_empty()
        store_keys()
        store_external_ids()
        write_demo_file(settings.LAUREL_HOME / "demo.json")
        self._say("up to date" if is_there else f"made in {perf_counter() - began:.0f} s")

    def _populate(self, player_count: int) -> None:
        if is_populated():
            return
        populate(player_count=player_count, progress=self._say)
        self._rebuild()
        self._say("closing the windows of the last weeks")
        with quietly():
            run_due(find_job("close_windows"))
        # Award the medals of the last days now, instead of when visitors are here.
        run_steps_until_empty()

    def _rebuild(self) -> None:
        self._say("building boards")
        try:
            rebuild_boards()
        except (RedisError, RebuildUnderWayError):
            self._say("boards will be built by the relay")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
