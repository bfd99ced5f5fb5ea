"""Describes views in the OpenAPI document: one decorator, and what a view's `access` implies."""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers

from apps.core.api.auth.callers import SCHEMES, Access, NotAuthenticatedError
from apps.core.api.openapi.error_codes import ERROR_CODES, FLAW_CODES, ErrorCode, FlawCode
from apps.core.api.wire.inputs import AnySerializer
from apps.core.api.wire.query_parameters import QueryParameter
from apps.core.errors import DomainError

F = TypeVar("F", bound=Callable[..., object])
Direction = Literal["request", "response"]
Errors = Sequence[type[DomainError]]

PROBLEM = "application/problem+json"


def _listed(codes: Iterable[ErrorCode | FlawCode]) -> str:
    return ", ".join(f"`{each.code}`" for each in codes)


class ProblemDetailSerializer(AnySerializer):
    """One invalid member of the request."""

    pointer = serializers.CharField(
        help_text="JSON pointer into the body, empty for all of it; or a query parameter's name."
    )
    code = serializers.CharField(help_text=f"A code of problems, or one of {_listed(FLAW_CODES)}.")
    detail = serializers.CharField()


class ProblemSerializer(AnySerializer):
    """The body of every error (RFC 9457)."""

    type = serializers.CharField(help_text="Where this code is explained.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened and what to do, for people.")
    instance = serializers.CharField(help_text="The requested path.")
    code = serializers.CharField(
        help_text=f"Stable; for programs. Any request may meet others than its operation names: {_listed(ERROR_CODES)}."
    )
    retryable = serializers.BooleanField(help_text="Whether the same request may succeed later.")
    request_id = serializers.CharField(help_text="Quote it when you report a problem; also X-Request-ID.")
    retry_after_seconds = serializers.IntegerField(required=False, help_text="As Retry-After, where there is one.")
    errors = ProblemDetailSerializer(many=True)  # type: ignore[assignment]


class BatchErrorSerializer(AnySerializer):
    """Why an item of a batch was refused."""

    code = serializers.CharField(help_text="A code of problems.")
    detail = serializers.CharField()
    pointer = serializers.CharField(
        required=False, help_text="JSON pointer to the member concerned, from the item; empty for all of it."
    )
    errors = ProblemDetailSerializer(  # type: ignore[assignment]
        many=True, help_text="Every invalid member of the item, the first as above; empty where no member is concerned."
    )


class RouteVariant(NamedTuple):
    """What is said of an operation at its route without a parameter that the other has in its path."""

    without: str
    summary: str
    description: str
    # Of the operation's errors, those that can't be met there.
    never: Errors
    # Of its query parameters, those that it does not take there.
    lacks: Sequence[str] = ()
    # Of the operation, where an earlier summary gave it.
    id: str = ""


class Operation(NamedTuple):
    """What a method says of itself."""

    summary: str
    description: str
    errors: Errors
    query: Mapping[str, QueryParameter]
    variant: RouteVariant | None
    id: str

    def query_at(self, path_parameters: Container[str]) -> Mapping[str, QueryParameter]:
        """Return the query parameters at the route that has these parameters in its path."""
        if self.variant is None or self.variant.without in path_parameters:
            return self.query
        return {name: item for name, item in self.query.items() if name not in self.variant.lacks}


def operation(
    summary: str,
    *,
    responses: Mapping[int | tuple[int, str], object],
    request: object = None,
    parameters: Sequence[OpenApiParameter] = (),
    errors: Errors = (),
    description: str = "",
    examples: Sequence[OpenApiExample] = (),
    variant: RouteVariant | None = None,
    id_: str = "",
) -> Callable[[F], F]:
    """Describe a method of an ApiView; `summary` is unique and gives the operation its id where `id_` does not.

    `responses` by status, or by status and media type: a serializer class, or None for an empty body. `errors` are its
    domain errors, beside those that follow from its access and its inputs. `variant` is for a method that
    serves two routes.
    """

    def decorate(method: F) -> F:
        described: F = extend_schema(
            request=request,
            responses=dict(responses),
            parameters=list(parameters),
            examples=list(examples),
        )(method)
        text = description or (method.__doc__ or "").strip() or summary
        known = {item.name: item for item in parameters if isinstance(item, QueryParameter)}
        described.operation = Operation(summary, text, tuple(errors), known, variant, id_)  # type: ignore[attr-defined]
        return described

    return decorate


class Schema(AutoSchema):
    """Derives security, tags and problems from the view."""

    def get_operation_id(self) -> str:
        # Generated clients name their functions for it, so it outlives a summary.
        described = self._variant() or self._operation()
        return described.id or re.sub(r"[^a-z0-9]+", "_", described.summary.lower()).strip("_")

    def get_summary(self) -> str:
        return (self._variant() or self._operation()).summary

    def get_description(self, path: str = "", method: str = "") -> str:
        return (self._variant() or self._operation()).description

    def get_tags(self) -> list[str]:
        return list(getattr(self.view, "tags", ())) or ["Laurel"]

    def get_auth(self) -> list[dict[str, list[str]]]:
        access = self._access()
        if access is None:
            return []
        schemes: list[dict[str, list[str]]] = [{SCHEMES[kind]: []} for kind in access.kinds]
        return [*schemes, {}] if access.anonymous else schemes

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if self.method == "POST" and getattr(self.view, "is_idempotent", False):
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    OpenApiTypes.STR,
                    OpenApiParameter.HEADER,
                    description="A retry with the same key and body gets the first response again, for 24 hours.",
                )
            )
        return parameters

    def _get_parameters(self) -> list[dict[str, Any]]:
        # extend_schema's own parameters never pass through get_override_parameters.
        variant = self._variant()
        lacks = variant.lacks if variant else ()
        parameters: list[dict[str, Any]] = super()._get_parameters()
        return [item for item in parameters if item["name"] not in lacks]

    def is_deprecated(self) -> bool:
        return getattr(self.view, "deprecation", None) is not None or bool(super().is_deprecated())

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, object]:
        bodies: dict[str, object] = super()._get_response_bodies(direction)
        if self.method == "GET" and getattr(self.view, "is_conditional", False):
            bodies["304"] = {"description": "Not changed since the response whose ETag you sent as If-None-Match."}
        component = self.resolve_serializer(ProblemSerializer, direction)
        for status, codes in sorted(self._problems().items()):
            bodies[str(status)] = {
                "description": "Problem: " + ", ".join(f"`{code}`" for code in sorted(codes)),
                "content": {PROBLEM: {"schema": component.ref}},
            }
        return bodies

    def _problems(self) -> dict[int, set[str]]:
        """Return the error codes of this operation, by status."""
        found: dict[int, set[str]] = {
            400: {"invalid"},
            429: {"rate_limited"},
            503: {"database_unavailable", "disk_full", "busy"},
            **_of_access(self._access()),
        }
        if self._can_lack_session():
            found[503].add("sessions_unavailable")
        if "{" in self.path:
            found[404] = {"not_found"}
        if self.method in {"POST", "PUT", "PATCH"}:
            found[400] = {"invalid", "malformed_json", "malformed_body"}
            found |= {
                408: {"body_too_slow"},
                413: {"body_too_large"},
                415: {"unsupported_media_type", "unsupported_content_encoding"},
            }
        if self.method == "POST" and getattr(self.view, "is_idempotent", False):
            found |= {409: {"idempotency_key_in_use"}, 422: {"idempotency_key_reused"}}
        variant = self._variant()
        for error in set(self._operation().errors) - set(variant.never if variant else ()):
            found.setdefault(error.status, set()).add(error.code)
        return found

    def _can_lack_session(self) -> bool:
        """Whether it needs a log-in, for some readings at least, and so refuses a session that can't be read."""
        access, errors = self._access(), self._operation().errors
        return access is not None and access.session and (not access.anonymous or NotAuthenticatedError in errors)

    def _operation(self) -> Operation:
        found: Operation = getattr(self.view, (self.method or "get").lower()).operation
        return found

    def _variant(self) -> RouteVariant | None:
        """Return what is said otherwise of the operation at this route."""
        variant = self._operation().variant
        return variant if variant is not None and f"{{{variant.without}}}" not in self.path else None

    def _access(self) -> Access | None:
        return getattr(self.view, "access", {}).get(self.method)


def _of_access(access: Access | None) -> dict[int, set[str]]:
    """Return the error codes that access control can cause."""
    if access is None:
        return {}
    unknown = {"invalid_key", "key_revoked", "invalid_token", "token_expired", "token_revoked"}
    refused = {"caller_not_allowed", "csrf_failed"}
    if {"token", "publishable"} & set(access.kinds):
        refused.add("origin_not_allowed")
    if access.vouched:
        refused.add("publishable_token")
    if access.device:
        refused.add("device_needed")
    if access.key is not None:
        refused |= {"scope_missing"} if access.test_keys else {"scope_missing", "live_key_needed"}
    return {401: unknown if access.anonymous else unknown | {"not_authenticated"}, 403: refused}
