"""Parses JSON bodies within a size limit."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext
from rest_framework.parsers import BaseParser

from apps.core.errors import DomainError
from apps.core.parsing.json_text import read_json, read_strict_json


class BodyTooLargeError(DomainError):
    code = "body_too_large"
    status = 413


class JSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return self.read(_bounded(stream))

    def read(self, body: bytes) -> object:
        return read_json(body)


class StrictJSONParser(JSONParser):
    """Refuses duplicate members: what people or scripts write once, and nobody can correct later."""

    def read(self, body: bytes) -> object:
        return read_strict_json(body)


def _bounded(stream: IO[Any]) -> bytes:
    body: bytes = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise BodyTooLargeError(
            gettext("The body is over {maximum:,} bytes. Send less at once.").format(
                maximum=settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            )
        )
    return body
