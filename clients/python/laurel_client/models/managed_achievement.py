from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.achievement_kind_enum import AchievementKindEnum
from ..models.achievement_state_enum import AchievementStateEnum
from ..models.setter_enum import SetterEnum

T = TypeVar("T", bound="ManagedAchievement")


@_attrs_define
class ManagedAchievement:
    """An achievement as its makers see it."""

    archived_at: datetime.datetime | None
    created_at: datetime.datetime
    description: str
    hidden: bool
    icon_url: None | str
    id: UUID
    key: str
    kind: AchievementKindEnum
    locked_icon_url: None | str
    name: str
    points: int
    position: int
    published_at: datetime.datetime | None
    setter: SetterEnum
    state: AchievementStateEnum
    target: int | None
    unlock_count: int
    """ As last counted. """
    version: int
    """ Goes up with the name, description, points or target. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        archived_at: None | str
        if isinstance(self.archived_at, datetime.datetime):
            archived_at = self.archived_at.isoformat()
        else:
            archived_at = self.archived_at

        created_at = self.created_at.isoformat()

        description = self.description

        hidden = self.hidden

        icon_url: None | str
        icon_url = self.icon_url

        id = str(self.id)

        key = self.key

        kind = self.kind.value

        locked_icon_url: None | str
        locked_icon_url = self.locked_icon_url

        name = self.name

        points = self.points

        position = self.position

        published_at: None | str
        if isinstance(self.published_at, datetime.datetime):
            published_at = self.published_at.isoformat()
        else:
            published_at = self.published_at

        setter = self.setter.value

        state = self.state.value

        target: int | None
        target = self.target

        unlock_count = self.unlock_count

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "archived_at": archived_at,
                "created_at": created_at,
                "description": description,
                "hidden": hidden,
                "icon_url": icon_url,
                "id": id,
                "key": key,
                "kind": kind,
                "locked_icon_url": locked_icon_url,
                "name": name,
                "points": points,
                "position": position,
                "published_at": published_at,
                "setter": setter,
                "state": state,
                "target": target,
                "unlock_count": unlock_count,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_archived_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                archived_at_type_0 = datetime.datetime.fromisoformat(data)

                return archived_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        archived_at = _parse_archived_at(d.pop("archived_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        description = d.pop("description")

        hidden = d.pop("hidden")

        def _parse_icon_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        icon_url = _parse_icon_url(d.pop("icon_url"))

        id = UUID(d.pop("id"))

        key = d.pop("key")

        kind = AchievementKindEnum(d.pop("kind"))

        def _parse_locked_icon_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        locked_icon_url = _parse_locked_icon_url(d.pop("locked_icon_url"))

        name = d.pop("name")

        points = d.pop("points")

        position = d.pop("position")

        def _parse_published_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                published_at_type_0 = datetime.datetime.fromisoformat(data)

                return published_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        published_at = _parse_published_at(d.pop("published_at"))

        setter = SetterEnum(d.pop("setter"))

        state = AchievementStateEnum(d.pop("state"))

        def _parse_target(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        target = _parse_target(d.pop("target"))

        unlock_count = d.pop("unlock_count")

        version = d.pop("version")

        managed_achievement = cls(
            archived_at=archived_at,
            created_at=created_at,
            description=description,
            hidden=hidden,
            icon_url=icon_url,
            id=id,
            key=key,
            kind=kind,
            locked_icon_url=locked_icon_url,
            name=name,
            points=points,
            position=position,
            published_at=published_at,
            setter=setter,
            state=state,
            target=target,
            unlock_count=unlock_count,
            version=version,
        )

        managed_achievement.additional_properties = d
        return managed_achievement

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
