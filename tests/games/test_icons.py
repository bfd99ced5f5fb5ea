"""Pictures of achievements and games."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, PngImagePlugin

from apps.games.icons import (
    BYTES_MAX,
    PictureRefusedError,
    PicturesBusyError,
    locked_variant,
    store_cover,
    store_icon,
    to_cover,
    to_icon,
)
from tests.games.pictures import animation, picture, png_claiming


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_upload_becomes_a_square_png(kind: str) -> None:
    icon = opened(to_icon(picture((640, 300), kind=kind)))

    assert (icon.format, icon.size, icon.mode) == ("PNG", (256, 256), "RGBA")


def test_a_picture_is_cut_around_its_middle() -> None:
    wide = Image.new("RGB", (300, 100), "#ff0000")
    wide.paste("#00ff00", (100, 0, 200, 100))
    file = BytesIO()
    wide.save(file, "PNG")

    icon = opened(to_icon(file.getvalue()))

    assert [icon.getpixel(point) for point in ((8, 128), (128, 128), (247, 128))] == [(0, 255, 0, 255)] * 3


def test_metadata_is_left_behind() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "taken at home")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"

    icons = [to_icon(picture(pnginfo=notes, icc_profile=b"profile" * 20)), to_icon(picture(kind="JPEG", exif=exif))]

    for icon in icons:
        assert opened(icon).info == {}
        assert b"taken at home" not in icon


def test_a_turned_photograph_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = BytesIO()
    turned = Image.new("RGB", (200, 200), "#0000ff")
    turned.paste("#ff0000", (0, 0, 100, 200))
    turned.save(file, "JPEG", exif=exif, quality=95)

    icon = opened(to_icon(file.getvalue()))

    above, below = icon.getpixel((128, 20)), icon.getpixel((128, 235))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert (above[0] > 200, above[2] < 60) == (True, True)
    assert (below[2] > 200, below[0] < 60) == (True, True)


@pytest.mark.parametrize(
    ("upload", "detail"),
    [
        (b"", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"%PDF-1.7 not one", "not a picture"),
        (picture(kind="GIF"), "not a picture"),
        (picture(kind="BMP"), "not a picture"),
        (picture((400, 400))[:200], "not a picture"),
        (animation("PNG"), "Animated"),
        (animation("WEBP"), "Animated"),
        (picture((4097, 64)), "over 4096 pixels"),
        (picture((63, 300)), "under 64 pixels"),
        (png_claiming(9000, 9000), "over 4096 pixels"),
        (png_claiming(12_000, 12_000), "over 4096 pixels"),
        (png_claiming(60_000, 60_000), "over 4096 pixels"),
        (png_claiming(4096, 4096), "over 8.3 million pixels"),
        (png_claiming(3841, 2160), "over 8.3 million pixels"),
        (b"\0" * (BYTES_MAX + 1), "over 2 MB"),
    ],
)
def test_what_is_no_fitting_picture_is_refused(upload: bytes, detail: str) -> None:
    with pytest.raises(PictureRefusedError) as refusal:
        to_icon(upload)

    assert detail in refusal.value.detail


def test_a_4k_screenshot_is_taken() -> None:
    assert opened(to_cover(picture((3840, 2160)))).size == (1280, 720)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_kind_of_pixel_keeps_its_colour(mode: str) -> None:
    file = BytesIO()
    Image.new("L", (100, 100), 255).convert(mode).save(file, "PNG")

    assert opened(to_icon(file.getvalue())).getpixel((128, 128)) == (255, 255, 255, 255)


def test_pictures_are_read_one_at_a_time_and_who_waits_too_long_is_refused(monkeypatch: Any) -> None:
    reading, may_go_on = Event(), Event()
    fit, upload = ImageOps.fit, picture()

    def slow(*args: Any, **options: Any) -> Any:
        reading.set()
        may_go_on.wait(10)
        return fit(*args, **options)

    monkeypatch.setattr("apps.games.icons.ImageOps.fit", slow)
    monkeypatch.setattr("apps.games.icons.WAIT_SECONDS", 0.05)

    with ThreadPoolExecutor(1) as other:
        first = other.submit(to_icon, upload)
        assert reading.wait(10)
        with pytest.raises(PicturesBusyError) as refusal:
            to_icon(upload)
        may_go_on.set()

        assert opened(first.result()).size == (256, 256)
    assert (refusal.value.status, refusal.value.retry_after_seconds) == (503, 5)
    assert opened(to_icon(upload)).size == (256, 256)


def test_a_picture_that_names_itself_otherwise_is_known_by_its_bytes() -> None:
    assert opened(to_icon(picture(kind="WEBP"))).format == "PNG"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_damaged_pictures_are_refused_or_read_and_never_crash(kind: str) -> None:
    whole = picture((96, 96), kind=kind)
    dice = random.Random(7)

    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        try:
            assert opened(to_icon(bytes(damaged))).size == (256, 256)
        except PictureRefusedError:
            continue


def test_the_locked_icon_is_the_other_one_grey_and_dimmed() -> None:
    file = BytesIO()
    half = Image.new("RGBA", (256, 256), (200, 60, 40, 255))
    half.paste((0, 0, 0, 0), (0, 0, 128, 256))
    half.save(file, "PNG")

    locked = opened(locked_variant(file.getvalue()))

    assert locked.getpixel((10, 10)) == (0, 0, 0, 0) or locked.getpixel((10, 10))[3] == 0  # type: ignore[index]
    red, green, blue, alpha = locked.getpixel((200, 128))  # type: ignore[misc]
    assert red == green == blue
    assert alpha == 255
    # Luminance of the colour is 99.
    assert 45 < red < 80


def test_a_cover_is_wide_and_has_no_transparency() -> None:
    cover = opened(to_cover(picture((900, 900))))

    assert (cover.format, cover.size, cover.mode) == ("JPEG", (1280, 720), "RGB")


def test_the_same_icon_is_stored_once_under_its_hash(media_root: Path) -> None:
    icon = to_icon(picture())

    names = {store_icon(icon), store_icon(icon)}

    (name,) = names
    assert name.startswith("games/icons/")
    assert len(name) == len("games/icons/") + 20 + len(".png")
    assert [path.relative_to(media_root).as_posix() for path in media_root.rglob("*.png")] == [name]
    assert (media_root / name).read_bytes() == icon


def test_two_who_keep_the_same_icon_at_once_leave_one_file(media_root: Path, monkeypatch: Any) -> None:
    icon = to_icon(picture())
    name = store_icon(icon)
    look = default_storage.exists
    # The first look is from before the other one's file.
    responses = iter([False])
    monkeypatch.setattr(default_storage, "exists", lambda path: next(responses, None) is not False and look(path))

    assert store_icon(icon) == name
    assert [path.name for path in media_root.rglob("*.png")] == [name.rpartition("/")[2]]


def test_what_a_thread_is_writing_is_not_taken_for_half_a_file(media_root: Path, monkeypatch: Any) -> None:
    icon = to_icon(picture())
    half_written, looked_at = Event(), Event()

    class Slow(ContentFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield icon[:50]
            half_written.set()
            # Nobody looks while the writer is alone at it, so this ends by itself.
            looked_at.wait(0.3)
            yield icon[50:]

    measure = default_storage.size
    monkeypatch.setattr("apps.games.icons.ContentFile", Slow)
    monkeypatch.setattr(default_storage, "size", lambda name: (measure(name), looked_at.set())[0])

    with ThreadPoolExecutor(1) as other:
        first = other.submit(store_icon, icon)
        half_written.wait(5)
        names = {store_icon(icon), first.result()}

    assert len(names) == 1
    assert [path.read_bytes() for path in media_root.rglob("*.png")] == [icon]


def test_half_a_file_that_a_crash_left_is_written_anew(media_root: Path) -> None:
    icon = to_icon(picture())
    name = store_icon(icon)
    (media_root / name).write_bytes(icon[:50])

    assert store_icon(icon) == name
    assert (media_root / name).read_bytes() == icon


def test_covers_are_stored_apart_from_icons() -> None:
    assert store_cover(to_cover(picture())).startswith("games/covers/")
