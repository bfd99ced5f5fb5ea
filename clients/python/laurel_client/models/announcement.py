from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.announcement_state_enum import AnnouncementStateEnum

T = TypeVar("T", bound="Announcement")


@_attrs_define
class Announcement:
    """An announcement; it stays in the list for ever."""

    audience_count: int
    """ Players of the game. """
    created_at: datetime.datetime
    created_by: str
    """ account:<id> or key:<id>. """
    id: UUID
    link: None | str
    passed_count: int
    """ Of them, those whom it has come to so far. """
    state: AnnouncementStateEnum
    text: str
    title: str
    told_count: int
    """ Of these, those who have not turned announcements off. """
    withdrawn_at: datetime.datetime | None
    withdrawn_by: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        audience_count = self.audience_count

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        id = str(self.id)

        link: None | str
        link = self.link

        passed_count = self.passed_count

        state = self.state.value

        text = self.text

        title = self.title

        told_count = self.told_count

        withdrawn_at: None | str
        if isinstance(self.withdrawn_at, datetime.datetime):
            withdrawn_at = self.withdrawn_at.isoformat()
        else:
            withdrawn_at = self.withdrawn_at

        withdrawn_by: None | str
        withdrawn_by = self.withdrawn_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "audience_count": audience_count,
                "created_at": created_at,
                "created_by": created_by,
                "id": id,
                "link": link,
                "passed_count": passed_count,
                "state": state,
                "text": text,
                "title": title,
                "told_count": told_count,
                "withdrawn_at": withdrawn_at,
                "withdrawn_by": withdrawn_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        audience_count = d.pop("audience_count")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        id = UUID(d.pop("id"))

        def _parse_link(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        link = _parse_link(d.pop("link"))

        passed_count = d.pop("passed_count")

        state = AnnouncementStateEnum(d.pop("state"))

        text = d.pop("text")

        title = d.pop("title")

        told_count = d.pop("told_count")

        def _parse_withdrawn_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                withdrawn_at_type_0 = datetime.datetime.fromisoformat(data)

                return withdrawn_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        withdrawn_at = _parse_withdrawn_at(d.pop("withdrawn_at"))

        def _parse_withdrawn_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        withdrawn_by = _parse_withdrawn_by(d.pop("withdrawn_by"))

        announcement = cls(
            audience_count=audience_count,
            created_at=created_at,
            created_by=created_by,
            id=id,
            link=link,
            passed_count=passed_count,
            state=state,
            text=text,
            title=title,
            told_count=told_count,
            withdrawn_at=withdrawn_at,
            withdrawn_by=withdrawn_by,
        )

        announcement.additional_properties = d
        return announcement

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
