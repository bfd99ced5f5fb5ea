from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WebhookAttempt")


@_attrs_define
class WebhookAttempt:
    """One request with its answer."""

    answer_body: str
    """ Its first 64 KB. """
    answer_headers: list[list[str]]
    at: datetime.datetime
    duration_ms: int
    error: str
    """ Why no answer came, else empty. """
    request_headers: list[list[str]]
    status: int | None
    """ Null when no answer came. """
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        answer_body = self.answer_body

        answer_headers = []
        for answer_headers_item_data in self.answer_headers:
            answer_headers_item = answer_headers_item_data

            answer_headers.append(answer_headers_item)

        at = self.at.isoformat()

        duration_ms = self.duration_ms

        error = self.error

        request_headers = []
        for request_headers_item_data in self.request_headers:
            request_headers_item = request_headers_item_data

            request_headers.append(request_headers_item)

        status: int | None
        status = self.status

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "answer_body": answer_body,
                "answer_headers": answer_headers,
                "at": at,
                "duration_ms": duration_ms,
                "error": error,
                "request_headers": request_headers,
                "status": status,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        answer_body = d.pop("answer_body")

        answer_headers = []
        _answer_headers = d.pop("answer_headers")
        for answer_headers_item_data in _answer_headers:
            answer_headers_item = cast(list[str], answer_headers_item_data)

            answer_headers.append(answer_headers_item)

        at = datetime.datetime.fromisoformat(d.pop("at"))

        duration_ms = d.pop("duration_ms")

        error = d.pop("error")

        request_headers = []
        _request_headers = d.pop("request_headers")
        for request_headers_item_data in _request_headers:
            request_headers_item = cast(list[str], request_headers_item_data)

            request_headers.append(request_headers_item)

        def _parse_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status = _parse_status(d.pop("status"))

        url = d.pop("url")

        webhook_attempt = cls(
            answer_body=answer_body,
            answer_headers=answer_headers,
            at=at,
            duration_ms=duration_ms,
            error=error,
            request_headers=request_headers,
            status=status,
            url=url,
        )

        webhook_attempt.additional_properties = d
        return webhook_attempt

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
