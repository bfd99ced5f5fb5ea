"""Populates an installation with the demo, in one transaction and by COPY."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from apps.analytics.counters import game_totals, unlock_counts
from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.analytics.rollups.player_statistics import mark_due
from apps.core.clock import now
from apps.demo import hardcore, history, pictures
from apps.demo.content import KEYED_GAME, DemoAchievement, DemoGame, DemoSet, demo_games, unpublished_games
from apps.demo.credentials import DEMO_PLAYERS, PASSWORD, STUDIO_EMAIL, email_of
from apps.demo.people import Person, people
from apps.games.definitions.sets import create_base_set
from apps.games.models import (
    Achievement,
    AchievementSet,
    AchievementState,
    Game,
    Membership,
    Role,
    SetKind,
    Studio,
    Trust,
)
from apps.leaderboards.standings import standing_changes
from apps.leaderboards.standings.crowns import record_crowns_in
from apps.players.handles import shape_of
from apps.players.models import Account
from apps.unlocks.models import Source

SEED = 20260401
FOLLOWS_PER_PLAYER = 5
TABLES = (
    *("account", "player", "follow", "achievement"),
    *("unlock", "hardcore_unlock", "standing", "achievement_completion"),
)

Progress = Callable[[int], None]


def is_populated() -> bool:
    return Game.objects.filter(slug=KEYED_GAME).exists()


def has_pictures() -> bool:
    return Game.objects.filter(slug=KEYED_GAME).exclude(cover="").exists()


def populate(*, player_count: int, progress: Callable[[str], None]) -> None:
    """Create games, players and their history: all of it or, when interrupted, nothing. Pictures follow."""
    random, moment = Random(SEED), now()  # noqa: S311 - a community, not a secret
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Standings are sorted in memory: 1.3 million sums of 130,000 unlocks.
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '128MB'")
        progress("writing games")
        games = _store_games(moment)
        persons = people(player_count, random)
        earned = list(history.unlocks(persons, games, demo_count=DEMO_PLAYERS, moment=moment, random=random))
        progress(f"writing {player_count:,} players")
        _store_people(persons, earned, moment, random)
        progress(f"writing {len(earned):,} unlocks")
        _store_unlocks(earned)
        _store_hardcore(_in_hardcore(persons, earned, moment))
        progress("adding up standings and rarity")
        _store_totals(persons, earned, moment)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")


def store_pictures(arts: dict[str, pictures.GameArt]) -> None:
    """Set the pictures of games and achievements, by the games' slugs."""
    games = list(Game.objects.filter(slug__in=arts))
    achievements = list(Achievement.objects.filter(game__in=games).select_related("game"))
    for game in games:
        game.cover = arts[game.slug].cover
    for row in achievements:
        row.icon, row.icon_locked = arts[row.game.slug].icons[row.key]
    Game.objects.bulk_update(games, ["cover"])
    Achievement.objects.bulk_update(achievements, ["icon", "icon_locked"])


def _store_games(moment: datetime) -> list[list[history.Earnable]]:
    owner = _account(STUDIO_EMAIL, moment - timedelta(days=history.DAYS + 60))
    studios = {name: _studio(name, owner) for name in dict.fromkeys(title.studio for title in demo_games())}
    for title in unpublished_games():
        _store_game(title, studios[title.studio], moment, is_published=False)
    return [_store_game(title, studios[title.studio], moment) for title in demo_games()]


def _studio(name: str, owner: Account) -> Studio:
    studio = Studio.objects.create(name=name, slug=name.lower().replace(" ", "-"))
    Membership.objects.create(studio=studio, account=owner, role=Role.OWNER)
    return studio


def _account(email: str, created_at: datetime) -> Account:
    account = Account.objects.create(email=email, password=_encoded_password(), created_at=created_at)
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
    return account


_encoded: list[str] = []


def _encoded_password() -> str:
    """Hash the shared password of all demo accounts once: Argon2 takes 50 ms each time, on purpose."""
    if not _encoded:
        _encoded.append(make_password(PASSWORD))
    return _encoded[0]


def _store_game(
    title: DemoGame, studio: Studio, moment: datetime, *, is_published: bool = True
) -> list[history.Earnable]:
    game = Game.objects.create(
        studio=studio,
        slug=title.slug,
        name=title.name,
        tagline=title.tagline,
        description=title.description,
        palette={"accent": title.accent, "accent_dark": title.accent_dark},
        is_published=is_published,
        has_modes=title.has_modes,
        trust=Trust.LISTED if is_published else Trust.DEVELOPING,
        created_at=moment - timedelta(days=history.DAYS + 45),
    )
    sets = {"base": create_base_set(game)}
    sets |= {item.key: _store_set(item, game, number, moment) for number, item in enumerate(title.sets, start=1)}
    rows = [_achievement(item, game, sets[item.set], position) for position, item in enumerate(title.achievements)]
    if is_published:
        for row in rows:
            row.state = AchievementState.PUBLISHED
            row.published_at = moment - timedelta(days=history.DAYS + 30)
    Achievement.objects.bulk_create(rows)
    return [
        history.Earnable(
            id=row.id,
            game_id=game.id,
            points=row.points,
            share=achievement.share,
            opens_at=sets[achievement.set].opens_at,
            is_in_base_set=row.set_kind == SetKind.BASE,
            has_modes=title.has_modes,
        )
        for row, achievement in zip(rows, title.achievements, strict=True)
    ]


def _achievement(item: DemoAchievement, game: Game, of_set: AchievementSet, position: int) -> Achievement:
    return Achievement(
        game=game,
        achievement_set=of_set,
        set_kind=of_set.kind,
        key=item.key,
        name=item.name,
        description=item.description,
        points=item.points,
        is_hidden=item.is_hidden,
        kind=item.kind,
        target=item.target,
        setter=item.setter,
        position=position,
    )


def _store_set(item: DemoSet, game: Game, position: int, moment: datetime) -> AchievementSet:
    days = (item.opens_in_days, item.closes_in_days)
    opens_at, closes_at = (None if day is None else moment + timedelta(days=day) for day in days)
    return AchievementSet.objects.create(
        game=game,
        key=item.key,
        kind=item.kind,
        title=item.title,
        position=position,
        opens_at=opens_at,
        closes_at=closes_at,
    )


def _joined(earned: Sequence[history.PastUnlock], random: Random) -> dict[UUID, datetime]:
    """Return when each player joined, by id: usually shortly before their first unlock."""
    first: dict[UUID, datetime] = {}
    for item in earned:
        first[item.player_id] = min(item.unlocked_at, first.get(item.player_id, item.unlocked_at))
    return {player_id: time - timedelta(days=0.02 + 200 * random.random() ** 4) for player_id, time in first.items()}


def _store_people(
    persons: Sequence[Person], earned: Sequence[history.PastUnlock], moment: datetime, random: Random
) -> None:
    joined = _joined(earned, random)
    accounts = [_account(email_of(person.handle), joined[person.id]).id for person in persons[:DEMO_PLAYERS]]
    columns = (
        *("id", "account_id", "handle", "handle_shape", "display_name", "region"),
        *("time_zone", "avatar", "visibility", "created_at"),
    )
    _copy(
        "player",
        columns,
        (
            (
                person.id,
                accounts[number] if number < DEMO_PLAYERS else None,
                person.handle,
                shape_of(person.handle),
                person.display_name,
                person.region,
                person.time_zone,
                "" if person.avatar is None else pictures.avatar_name(person.avatar),
                "public" if number < DEMO_PLAYERS or random.random() < 0.94 else "private",
                joined[person.id],
            )
            for number, person in enumerate(persons)
        ),
    )
    pairs = history.follows(persons, count=FOLLOWS_PER_PLAYER * len(persons), random=random)
    friends = history.friends_who_play(persons, earned, demo_count=DEMO_PLAYERS, random=random)
    _copy(
        "follow",
        ("follower_id", "followed_id", "created_at"),
        _follow_rows(dict.fromkeys((*pairs, *friends)), joined, moment, random),
    )


def _follow_rows(
    pairs: Iterable[tuple[Person, Person]], joined: dict[UUID, datetime], moment: datetime, random: Random
) -> Iterator[tuple[object, ...]]:
    """Yield follows, each created after both players joined."""
    for follower, followed in pairs:
        both_there = max(joined[follower.id], joined[followed.id])
        yield follower.id, followed.id, both_there + (moment - both_there) * random.random()


def _store_unlocks(earned: Sequence[history.PastUnlock]) -> None:
    columns = (
        *("player_id", "achievement_id", "game_id", "unlocked_at"),
        *("recorded_at", "definition_version", "points", "source"),
    )
    _copy(
        "unlock",
        columns,
        (
            (
                item.player_id,
                item.achievement.id,
                item.achievement.game_id,
                time := item.unlocked_at.isoformat(),
                time,
                1,
                item.achievement.points,
                int(Source.SERVER),
            )
            for item in earned
        ),
    )


def _in_hardcore(
    persons: Sequence[Person], earned: Sequence[history.PastUnlock], moment: datetime
) -> Iterator[hardcore.PastHardcore]:
    # Draws of its own: the rest of the community is the same with and without modes.
    random = Random(SEED + 1)  # noqa: S311 - a community, not a secret
    return hardcore.in_hardcore(persons, earned, demo_count=DEMO_PLAYERS, moment=moment, random=random)


def _store_hardcore(earned: Iterable[hardcore.PastHardcore]) -> None:
    _copy(
        "hardcore_unlock",
        ("player_id", "achievement_id", "game_id", "hardcore_at", "recorded_at", "source"),
        (
            (
                item.unlock.player_id,
                item.unlock.achievement.id,
                item.unlock.achievement.game_id,
                time := item.hardcore_at.isoformat(),
                time,
                int(Source.SERVER),
            )
            for item in earned
        ),
    )


def _store_totals(persons: Sequence[Person], earned: Sequence[history.PastUnlock], moment: datetime) -> None:
    standing_changes.fill(player_ids=[person.id for person in persons], moment=moment)
    unlock_counts.add(
        per_achievement=Counter[UUID](item.achievement.id for item in earned),
        per_game=Counter[UUID](item.achievement.game_id for item in earned),
    )
    # Notified, they would all be at once.
    record_crowns_in({item.achievement.game_id for item in earned})
    refresh_completion_rates(moment=moment)
    game_totals.refresh()
    # Reads compute it live until the worker has stored it.
    mark_due((person_id, game_id, since) for (person_id, game_id), since in _firsts(earned).items())


def _copy(table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Copy rows of numbers, ids, times and words as one text, in a third of the time of separate rows."""
    text = "".join("\t".join([_field(value) for value in row]) + "\n" for row in rows)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        copy.write(text)


def _field(value: object) -> str:
    if value is None:
        return "\\N"
    # Our texts have no tabs or line breaks; a backslash needs escaping.
    return str(value).replace("\\", "\\\\")


def _firsts(earned: Sequence[history.PastUnlock]) -> dict[tuple[UUID, UUID], datetime]:
    """Return the time of each player's first unlock in each game."""
    firsts: dict[tuple[UUID, UUID], datetime] = {}
    for item in earned:
        pair = item.player_id, item.achievement.game_id
        firsts[pair] = min(item.unlocked_at, firsts.get(pair, item.unlocked_at))
    return firsts
