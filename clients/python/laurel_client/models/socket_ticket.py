from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SocketTicket")


@_attrs_define
class SocketTicket:
    """Lets a client open its player's socket or stream, once."""

    expires_in: int
    """ Seconds. """
    stream_url: str
    """ Or here, for server-sent events. """
    ticket: str
    ws_url: str
    """ Connect here. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expires_in = self.expires_in

        stream_url = self.stream_url

        ticket = self.ticket

        ws_url = self.ws_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expires_in": expires_in,
                "stream_url": stream_url,
                "ticket": ticket,
                "ws_url": ws_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        expires_in = d.pop("expires_in")

        stream_url = d.pop("stream_url")

        ticket = d.pop("ticket")

        ws_url = d.pop("ws_url")

        socket_ticket = cls(
            expires_in=expires_in,
            stream_url=stream_url,
            ticket=ticket,
            ws_url=ws_url,
        )

        socket_ticket.additional_properties = d
        return socket_ticket

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
