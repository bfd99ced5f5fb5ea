"""Strong ETags: a digest of the response's bytes; and whether a caller has one."""

from hashlib import blake2b

from django.utils.http import parse_etags


def etag_of(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def is_named(etag: str, if_none_match: str) -> bool:
    """Whether If-None-Match names an ETag. Compared weakly (RFC 9110, 13.1.2): compressed responses have W/"..."."""
    strong = etag.removeprefix("W/")
    return any(known in {strong, f"W/{strong}", "*"} for known in parse_etags(if_none_match))
