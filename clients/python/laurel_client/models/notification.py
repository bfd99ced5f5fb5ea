from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.notification_kind_enum import NotificationKindEnum

if TYPE_CHECKING:
    from ..models.notification_data import NotificationData


T = TypeVar("T", bound="Notification")


@_attrs_define
class Notification:
    """One thing a player was told; the same as on the socket."""

    at: datetime.datetime
    body: str
    data: NotificationData
    """ What it is about; its members depend on the kind. """
    kind: NotificationKindEnum
    read: bool
    seq: int
    """ Counts 1, 2, 3 ... for each player. """
    title: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        body = self.body

        data = self.data.to_dict()

        kind = self.kind.value

        read = self.read

        seq = self.seq

        title = self.title

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "body": body,
                "data": data,
                "kind": kind,
                "read": read,
                "seq": seq,
                "title": title,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.notification_data import NotificationData  # noqa: PLC0415

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        body = d.pop("body")

        data = NotificationData.from_dict(d.pop("data"))

        kind = NotificationKindEnum(d.pop("kind"))

        read = d.pop("read")

        seq = d.pop("seq")

        title = d.pop("title")

        notification = cls(
            at=at,
            body=body,
            data=data,
            kind=kind,
            read=read,
            seq=seq,
            title=title,
        )

        notification.additional_properties = d
        return notification

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
