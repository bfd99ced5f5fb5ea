"""Sending and withdrawing announcements."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, gettext_noop

from apps.core.clock import now
from apps.core.errors import ConflictError, NotFoundError
from apps.core.parsing.names import normal, normal_text, problem_with_name, problem_with_text
from apps.games.definitions.budget import lock_game
from apps.games.definitions.rules import Problem, require
from apps.games.models import Game
from apps.leaderboards.boards.board import Board
from apps.leaderboards.standings.standing_rows import count_of_places
from apps.notifications.models import Announcement
from apps.notifications.models.announcements import LINK_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

# What players tolerate; a studio with more to say has a page of its own.
SENT_MAX = 3
WITHIN = timedelta(hours=24)

_is_https = URLValidator(schemes=["https"])


class AnnouncedGameNotPublishedError(ConflictError):
    code = "game_not_published"
    detail = gettext_noop("Publish the game first. Until then its players can't open its page.")


class AlreadyAnnouncedError(ConflictError):
    code = "already_announced"
    detail = gettext_noop("You sent exactly this announcement within the last 24 hours.")


class TooManyAnnouncementsError(ConflictError):
    code = "too_many_announcements"


@transaction.atomic
def send_announcement(*, game: Game, title: str, text: str, link: str = "", created_by: str) -> Announcement:
    """Send an announcement to the players of a published game; it can't be changed afterwards.

    Workers send it soon; `created_by` is a caller's id. Cost: counts the game's standings. Raises: InvalidError,
    NotFoundError, GameNotPublishedError, AlreadyAnnouncedError, TooManyAnnouncementsError.
    """
    title, text, link = normal(title), normal_text(text), link.strip()
    require(problems_of_announcement(title, text, link))
    # Before locking the game: it takes some 100 ms for a million players.
    audience = count_of_places(Board(game.id))
    if not lock_game(game.id).is_published:
        raise AnnouncedGameNotPublishedError
    moment = now()
    _require_room(game.id, title, text, moment)
    return Announcement.objects.create(
        game_id=game.id,
        title=title,
        text=text,
        link=link,
        created_by=created_by,
        created_at=moment,
        audience_count=audience,
        due_at=moment,
    )


@transaction.atomic
def withdraw_announcement(*, game: Game, announcement_id: UUID, withdrawn_by: str) -> Announcement:
    """Stop sending it and take it off the game's page; players who have it keep it. A second time changes nothing.

    Waits for a chunk that is being sent. Raises: NotFoundError.
    """
    found = Announcement.objects.select_for_update().filter(pk=announcement_id, game_id=game.id).first()
    if found is None:
        raise NotFoundError
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by, found.due_at = now(), withdrawn_by, None
        found.save(update_fields=["withdrawn_at", "withdrawn_by", "due_at"])
    return found


def problems_of_announcement(title: str, text: str, link: str) -> list[Problem]:
    """Return the problems of an announcement, at most one per member."""
    problems = [
        *_problems_of_words("title", title, TITLE_LENGTH_MAX, problem_with_name),
        *_problems_of_words("text", text, TEXT_LENGTH_MAX, problem_with_text),
    ]
    if link and not _is_link(link):
        detail = gettext("Give an address that starts with https://, {maximum} characters at most.").format(
            maximum=LINK_LENGTH_MAX
        )
        problems.append(Problem("link", "invalid", detail))
    return problems


def _problems_of_words(
    member: str, words: str, length_max: int, problem_with: Callable[[str], str | None]
) -> list[Problem]:
    if not words:
        return [Problem(member, "blank", gettext("Give it a {member}.").format(member=member))]
    if len(words) > length_max:
        return [
            Problem(
                member,
                "max_length",
                gettext("Use {maximum} characters at most; these are {count}.").format(
                    maximum=length_max, count=len(words)
                ),
            )
        ]
    return [Problem(member, "invalid", problem)] if (problem := problem_with(words)) else []


def _is_link(link: str) -> bool:
    try:
        _is_https(link)
        # A user name before the host makes a link look as if it led elsewhere.
        return len(link) <= LINK_LENGTH_MAX and "@" not in urlsplit(link).netloc
    except (ValidationError, ValueError):
        return False


def _require_room(game_id: UUID, title: str, text: str, moment: datetime) -> None:
    """Raise if the game has sent this, or too much, lately. Call with the game locked."""
    lately = Announcement.objects.filter(game_id=game_id, created_at__gt=moment - WITHIN).order_by("-id")
    sent = list(lately[:SENT_MAX])
    if any((item.title, item.text) == (title, text) and item.withdrawn_at is None for item in sent):
        raise AlreadyAnnouncedError
    if len(sent) == SENT_MAX:
        again_at = min(item.created_at for item in sent) + WITHIN
        raise TooManyAnnouncementsError(
            gettext(
                "You have sent {count} announcements in 24 hours, the maximum for a game. The next may go out on "
                "{moment} UTC."
            ).format(count=SENT_MAX, moment=format_date(again_at, r"j F \a\t H:i"))
        )
