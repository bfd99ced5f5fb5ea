"""Bearer API keys as DRF authentication."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.core.errors import DomainError
from apps.games import keys


class InvalidKeyError(DomainError):
    code = "invalid_key"
    status = 401
    detail = "Send a valid API key as `Authorization: Bearer lk_live_...`. Keys are made in the portal, under Keys."


class KeyRevokedError(DomainError):
    code = "key_revoked"
    status = 401


class ApiKeyAuthentication(BaseAuthentication):
    """Sets request.auth to the KeyIdentity of the caller; a missing or bad key is refused here."""

    def authenticate(self, request: Request) -> tuple[Any, keys.KeyIdentity]:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or not token.startswith("lk_"):
            raise InvalidKeyError
        identity = keys.cache.find(token.strip())
        if identity is None:
            raise InvalidKeyError
        if identity.revoked_at is not None:
            day = f"{identity.revoked_at.day} {identity.revoked_at:%B %Y}"
            raise KeyRevokedError(f"This key was revoked on {day}. Create a new one under Keys.")
        return None, identity

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
