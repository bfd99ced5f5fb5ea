"""Serves uploaded pictures from local storage; with an object store and a CDN these URLs are not ours."""

import re
from datetime import datetime

from django.core.files.storage import FileSystemStorage, default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.http import http_date
from django.views.static import was_modified_since

from apps.core.api.wire.methods import reading
from apps.web.queries import media as pictures

# Only names that we generate: nothing else below MEDIA_ROOT can be requested.
_stored = re.compile(r"(?:games/icons|games/covers|players/avatars)/[A-Za-z0-9_-]{1,100}\.(png|jpg|webp)\Z")
_hashed = re.compile(r"games/(?:icons|covers)/[0-9a-f]{20}\.")
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
IMMUTABLE = "public, max-age=31536000, immutable"
# Avatars keep their URL when they change.
REVALIDATED = "public, max-age=3600, must-revalidate"


@reading
def favicon(request: HttpRequest) -> HttpResponseBase:
    """Lead to the site's icon, which browsers look for here on pages that link none, as the admin's."""
    return redirect(static("img/favicon.png"))


@reading
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve one picture: cached for ever under a name with a content hash, else for an hour."""
    name = _stored.match(path)
    if name is None or not isinstance(default_storage, FileSystemStorage):
        raise Http404
    modified_at = pictures.modified_at(path)
    if modified_at is None:
        raise Http404
    response = _response(request, path, modified_at, CONTENT_TYPES[name[1]])
    response["Cache-Control"] = IMMUTABLE if _hashed.match(path) else REVALIDATED
    response["Last-Modified"] = http_date(modified_at.timestamp())
    response["X-Content-Type-Options"] = "nosniff"
    # A picture opened on its own is a document too, and gets no rights.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _response(request: HttpRequest, path: str, modified_at: datetime, content_type: str) -> HttpResponseBase:
    if not was_modified_since(request.headers.get("If-Modified-Since"), int(modified_at.timestamp())):
        return HttpResponseNotModified()
    file = pictures.opened(path)
    if file is None:
        raise Http404
    return FileResponse(file, content_type=content_type)
