"""How pages write numbers."""

from datetime import datetime, timedelta, timezone

import pytest

from apps.web.templatetags.laurel import grouped, moment, percent, rank_text, unit_width


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, ""), (0.0, "0.0%"), (0.00004, "under 0.01%"), (0.0065, "0.65%"), (0.173, "17.3%"), (1.0, "100.0%")],
)
def test_share_is_shown_as_exactly_as_it_matters(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("share", "width"), [(0.0001, "0.0120"), (0.25, "0.2500"), (1.2, "1.0000"), (None, "0.0120")])
def test_bar_is_never_too_narrow_to_see_nor_wider_than_its_box(share: float | None, width: str) -> None:
    assert unit_width(share) == width


@pytest.mark.parametrize(
    ("rank", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (4508, "4,508th"), (None, "")]
)
def test_rank_reads_as_people_say_it(rank: int | None, text: str) -> None:
    assert rank_text(rank) == text


def test_thousands_stand_apart() -> None:
    assert grouped(187344) == "187,344"


def test_moment_reads_in_utc_wherever_it_was_written() -> None:
    at = datetime(2026, 5, 3, 1, 30, tzinfo=timezone(timedelta(hours=2)))

    assert moment(at) == '<time datetime="2026-05-02T23:30:00+00:00" data-when>2 May 2026, 23:30 UTC</time>'
