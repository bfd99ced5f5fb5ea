"""The demo's pictures: every motif in every style is a picture of its own, the same one each time."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from apps.demo.art import achievement_svg, avatar_svg, cover_svg, locked_svg, to_png
from apps.demo.motifs import MOTIFS
from apps.demo.styles import STYLES

ACCENT = "#2d6f9f"
NAMES = (
    "sword shield bow helmet crown key lantern candle flame drop wave fish shell anchor boat compass map mountain "
    "tree leaf flower mushroom moon sun star comet planet rocket gear bolt wrench clock hourglass book scroll quill "
    "eye mask skull ghost cat bird wolf horse bee heart gem coin chest cup bell note road bridge tower house door "
    "tent train wheel flag footprint hand feather"
)


def test_every_motif_of_the_list_is_drawn() -> None:
    assert " ".join(sorted(MOTIFS)) == " ".join(sorted(NAMES.split()))


@pytest.mark.parametrize("style", STYLES)
def test_every_motif_renders_and_is_unlike_the_others(style: str) -> None:
    earned = [to_png(achievement_svg(style, motif, ACCENT, 1), 64) for motif in MOTIFS]
    locked = [to_png(locked_svg(style, motif), 64) for motif in MOTIFS]
    assert {picture.size for picture in opened(earned + locked)} == {(64, 64)}
    assert len(set(earned)) == len(set(locked)) == len(MOTIFS)


@pytest.mark.parametrize("style", STYLES)
def test_locked_icons_are_grey_on_nothing(style: str) -> None:
    picture = next(opened([to_png(locked_svg(style, "lantern"), 256)])).convert("RGBA")
    seen = [(red, green, blue) for _, (red, green, blue, alpha) in picture.getcolors(65536) if alpha > 200]
    assert picture.getchannel("A").getextrema()[0] == 0
    assert all(max(colour) - min(colour) < 12 for colour in seen)
    assert seen


@pytest.mark.parametrize("style", STYLES)
def test_the_same_input_gives_the_same_bytes(style: str) -> None:
    first, second = (to_png(achievement_svg(style, "boat", ACCENT, 7), 256) for _ in range(2))
    assert first == second
    assert achievement_svg(style, "boat", ACCENT, 7) != achievement_svg(style, "boat", "#b4472e", 7)


def test_styles_differ() -> None:
    assert len({achievement_svg(style, "boat", ACCENT, 7) for style in STYLES}) == len(STYLES)
    assert len({locked_svg(style, "boat") for style in STYLES}) == len(STYLES)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("motifs", [[], ["star"], sorted(MOTIFS)], ids=["none", "one", "all"])
def test_a_cover_is_a_wide_picture_without_text(style: str, motifs: list[str]) -> None:
    markup = cover_svg("tidebound", "Tidebound", style, ACCENT, "#6db3e6", motifs)
    assert "<text" not in markup
    assert next(opened([to_png(markup, 1200)])).size == (1200, 630)


def test_avatars_differ_by_seed_alone() -> None:
    faces = [to_png(avatar_svg(seed), 96) for seed in range(48)]
    assert len(set(faces)) == 48
    assert faces[5] == to_png(avatar_svg(5), 96)


def opened(pngs: list[bytes]) -> Iterator[Image.Image]:
    return (Image.open(BytesIO(png), formats=("PNG",)) for png in pngs)
