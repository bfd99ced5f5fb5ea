"""Pictures of achievements and games: decoded with care, re-encoded without metadata, stored under their hash."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from PIL import Image, ImageEnhance, ImageOps

from apps.core.errors import DomainError, InvalidError

BYTES_MAX = 2 * 1024 * 1024
SIDE_MAX = 4096
SIDE_MIN = 64
# A 4K screenshot takes 50 to 114 MB to decode (WebP 150); 4096 x 4096 took 197 (330).
PIXELS_MAX = 3840 * 2160
ICON_SIZE = (256, 256)
COVER_SIZE = (1280, 720)
# Decided by the file's content, not its name or the browser's claim.
FORMATS = ("PNG", "JPEG", "WEBP")
HASH_LENGTH = 20
# Dark enough to read as "not yet" beside the earned one, light enough to distinguish icons.
LOCKED_BRIGHTNESS = 0.62
LOCKED_CONTRAST = 0.7
# A process decodes one picture at a time; a request that waits longer than this gets 503.
WAIT_SECONDS = 5.0
_decoding = Lock()
# A picture that another thread is still writing looks truncated.
_storing = Lock()


class PictureRefusedError(InvalidError):
    code = "picture_refused"


class PicturesBusyError(DomainError):
    code = "pictures_busy"
    status = 503
    detail = gettext_noop(
        "Too many pictures are being read at once. Nothing was changed. Send yours again in a few seconds."
    )
    retry_after_seconds = 5


def to_icon(upload: bytes) -> bytes:
    """Return an upload as a 256x256 PNG, cropped square around its centre, without metadata.

    Raises: PictureRefusedError, PicturesBusyError.
    """
    return _png(_decode(upload, ICON_SIZE))


def to_cover(upload: bytes) -> bytes:
    """Return an upload as a 1280x720 JPEG, cropped around its centre. Raises: see to_icon."""
    picture = _decode(upload, COVER_SIZE)
    ground = Image.new("RGB", COVER_SIZE, "#18201b")
    ground.paste(picture, mask=picture.getchannel("A"))
    file = BytesIO()
    ground.save(file, "JPEG", quality=84, progressive=True)
    return file.getvalue()


def locked_variant(icon: bytes) -> bytes:
    """Return an icon dimmed and without colour; transparency stays."""
    picture = Image.open(BytesIO(icon), formats=("PNG",)).convert("RGBA")
    grey = ImageOps.grayscale(picture.convert("RGB"))
    dimmed = ImageEnhance.Brightness(ImageEnhance.Contrast(grey).enhance(LOCKED_CONTRAST)).enhance(LOCKED_BRIGHTNESS)
    locked = Image.merge("RGBA", (dimmed, dimmed, dimmed, picture.getchannel("A")))
    return _png(locked)


def store_icon(png: bytes) -> str:
    """Store an icon and return its storage name; identical pictures are stored once, so URLs can be cached for ever."""
    return _store("games/icons", "png", png)


def store_cover(jpeg: bytes) -> str:
    """Store a cover and return its storage name."""
    return _store("games/covers", "jpg", jpeg)


def _store(folder: str, extension: str, content: bytes) -> str:
    name = f"{folder}/{hashlib.sha256(content).hexdigest()[:HASH_LENGTH]}.{extension}"
    with _storing:
        if default_storage.exists(name):
            if default_storage.size(name) == len(content):
                return name
            # Truncated by a crash.
            default_storage.delete(name)
        try:
            stored = default_storage.save(name, ContentFile(content))
        except OSError:
            # Truncated by a full disk.
            default_storage.delete(name)
            raise
        if stored != name:
            # Someone stored the same picture first, and ours got another name.
            default_storage.delete(stored)
    return name


def _decode(upload: bytes, size: tuple[int, int]) -> Image.Image:
    """Return an upload in RGBA, upright, cropped to the size; checks kind and dimensions before decoding."""
    if len(upload) > BYTES_MAX:
        raise PictureRefusedError(
            gettext("The picture is over {megabytes} MB. Save it smaller.").format(megabytes=BYTES_MAX // 1024 // 1024)
        )
    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as picture:
            _require_bounds(picture)
            with _alone():
                return _fitted(picture, size)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefusedError(str(_TOO_WIDE)) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise PictureRefusedError(gettext("This is not a picture we can read. Send a PNG, JPEG or WebP.")) from error


@contextmanager
def _alone() -> Iterator[None]:
    if not _decoding.acquire(timeout=WAIT_SECONDS):
        raise PicturesBusyError
    try:
        yield
    finally:
        _decoding.release()


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Decode at the smallest sufficient scale (JPEG only), and crop before making a second copy if possible."""
    picture.draft("RGB", (max(size), max(size)))
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    is_plain = picture.mode in {"L", "RGB", "RGBA"} and "transparency" not in picture.info
    whole = picture if is_plain else picture.convert("RGBA")
    return ImageOps.fit(whole, size, Image.Resampling.LANCZOS).convert("RGBA")


_TOO_WIDE = format_lazy(
    gettext_lazy("The picture is over {maximum} pixels on a side. Save it smaller."), maximum=SIDE_MAX
)
_TOO_MANY = format_lazy(
    gettext_lazy("The picture has over {millions:.1f} million pixels, as many as 3840 x 2160. Save it smaller."),
    millions=PIXELS_MAX / 1e6,
)


def _require_bounds(picture: Image.Image) -> None:
    if max(picture.size) > SIDE_MAX:
        raise PictureRefusedError(str(_TOO_WIDE))
    if picture.width * picture.height > PIXELS_MAX:
        raise PictureRefusedError(str(_TOO_MANY))
    if min(picture.size) < SIDE_MIN:
        raise PictureRefusedError(
            gettext("The picture is under {minimum} pixels on a side and would look blurred.").format(minimum=SIDE_MIN)
        )
    # A phone's JPEG may hold a second, smaller picture (MPO), which is no animation.
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
        raise PictureRefusedError(gettext("Animated pictures are not taken. Send a still one."))


def _png(picture: Image.Image) -> bytes:
    """Return the pixels as PNG; a new image carries no metadata or colour profile."""
    clean = Image.new("RGBA", picture.size)
    clean.paste(picture)
    file = BytesIO()
    clean.save(file, "PNG", optimize=True)
    return file.getvalue()
