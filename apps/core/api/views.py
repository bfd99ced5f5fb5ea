"""The view every endpoint is one of: says who may call it, and gets the house's conventions for that."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.api.callers import Access, caller_of

NO_STORE = "no-store"


class ApiView(APIView):
    """A view that declares `access` for each of its methods; a method without it does not exist.

    Answers are `no-store` unless they say otherwise.
    """

    access: ClassVar[Mapping[str, Access]] = {}
    tags: ClassVar[tuple[str, ...]] = ()
    # Which rate limit its calls count against.
    rate: ClassVar[Literal["read", "write", "secret"]] = "read"
    # Whether its GET answers 304 to an If-None-Match that still holds.
    is_conditional: ClassVar[bool] = False
    # Whether its POST takes an Idempotency-Key.
    is_idempotent: ClassVar[bool] = False
    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        method = request.method or ""
        access = self.access.get("GET" if method == "HEAD" else method)
        if access is None:
            self.http_method_not_allowed(request)
            return
        access.require(caller_of(request))

    def head(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer as GET; the server leaves the body out."""
        handler = getattr(self, "get", self.http_method_not_allowed)
        answer: HttpResponseBase = handler(request, *args, **kwargs)
        return answer

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        answer: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        answer.headers.setdefault("Cache-Control", NO_STORE)
        return answer

    @property
    def allowed_methods(self) -> list[str]:
        return [*self.access, *(["HEAD"] if "GET" in self.access else [])]

    @property
    def default_response_headers(self) -> dict[str, str]:
        # DRF would send Allow and Vary with every answer.
        return {}
