"""Guests of the game that is shipped with a publishable key: players whom their devices made, and what they earned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.demo.content import SHIPPED_GAME
from apps.demo.credentials import demo_players
from apps.games.models import Achievement, Game
from apps.players.actions.players import create_player_with_new_handle
from apps.players.device_credentials import new_secret, sealed
from apps.players.models import Device, Guest, Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.models import Source
from apps.unlocks.reports import Report

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DemoGuest:
    """Who came so many days ago, on a device or two, and earned so many achievements until so many minutes ago."""

    display_name: str
    region: str
    devices: tuple[str, ...]
    came_days_ago: int
    earned_count: int
    played_minutes_ago: int


GUESTS = (
    DemoGuest("Plucky Wren 24", "EU", ("Phone",), 11, 6, 1),
    DemoGuest("Velvet Mole 61", "NA", ("Tablet in the kitchen",), 9, 8, 5),
    DemoGuest("Sleepy Newt 83", "AS", ("Old laptop", "Phone"), 12, 5, 340),
    DemoGuest("Copper Thrush 19", "OC", ("Browser",), 3, 3, 700),
    DemoGuest("Misty Heron 47", "SA", ("Phone",), 6, 4, 2_600),
    DemoGuest("Dusty Finch 70", "EU", ("Library computer",), 1, 1, 1_300),
)


def store_guests(moment: datetime) -> None:
    """Store guests, their devices, and what these reported; the relay moves boards. Call in a transaction.

    One more device acts for the first demo player, who was a guest before.
    """
    game = Game.objects.get(slug=SHIPPED_GAME)
    achievements = list(game.achievements.filter(setter="client").order_by("position"))
    for guest in GUESTS:
        player = _player(guest, game, moment)
        _report(player, achievements[: guest.earned_count], guest, moment)
    _add_devices(demo_players()[0], game, ("Phone",), moment - 20 * DAY, moment - DAY)


def _player(guest: DemoGuest, game: Game, moment: datetime) -> Player:
    came_at, seen_at = moment - guest.came_days_ago * DAY, moment - timedelta(minutes=guest.played_minutes_ago)
    player = create_player_with_new_handle(display_name=guest.display_name, region=guest.region, is_test=False)
    Player.objects.filter(pk=player.pk).update(created_at=came_at)
    Guest.objects.create(player=player, game_id=game.id, created_at=came_at, network_digest="", seen_at=seen_at)
    _add_devices(player, game, guest.devices, came_at, seen_at)
    return player


def _add_devices(player: Player, game: Game, names: Sequence[str], created_at: datetime, seen_at: datetime) -> None:
    """Add devices whose secrets nobody has."""
    for name in names:
        secret = sealed(new_secret())
        Device.objects.create(
            player=player, game_id=game.id, name=name, sealed_secret=secret, created_at=created_at, seen_at=seen_at
        )


def _report(player: Player, achievements: Sequence[Achievement], guest: DemoGuest, moment: datetime) -> None:
    times = _times(guest, len(achievements), moment)
    reports = [
        Report(
            game_id=achievement.game_id,
            player_id=player.id,
            achievement_id=achievement.id,
            achievement_key=None,
            unlocked_at=at,
            source=Source.PUBLISHABLE,
        )
        for achievement, at in zip(achievements, times, strict=True)
    ]
    record_unlocks(reports=reports, moment=moment)


def _times(guest: DemoGuest, count: int, moment: datetime) -> Iterator[datetime]:
    """Yield times from the first minutes on, ever further apart, to when the guest played last."""
    began = moment - guest.came_days_ago * DAY + timedelta(minutes=7)
    played = moment - timedelta(minutes=guest.played_minutes_ago) - began
    for number in range(1, count + 1):
        yield began + played * (number / count) ** 2
