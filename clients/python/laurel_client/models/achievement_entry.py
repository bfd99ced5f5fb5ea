from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.achievement_kind_enum import AchievementKindEnum

if TYPE_CHECKING:
    from ..models.rarity_of_unlock import RarityOfUnlock


T = TypeVar("T", bound="AchievementEntry")


@_attrs_define
class AchievementEntry:
    """An achievement. A hidden one that the viewer has neither earned nor been shown has null for what it is."""

    description: None | str
    """ Null while masked. """
    hidden: bool
    icon_url: None | str
    """ Null while masked, or when there is none. """
    id: UUID
    key: None | str
    """ Null while masked. """
    kind: AchievementKindEnum
    locked_icon_url: None | str
    """ Null while masked, or when there is none. """
    name: None | str
    """ Null while masked. """
    points: int
    """ As of today; an unlock has those of its day. """
    rarity: None | RarityOfUnlock
    """ Null while the game has under 20 players. """
    steps: int | None
    """ Of the target; null but for one's own. """
    target: int | None
    """ Steps in all; null for one_shot, and while masked. """
    unlocked_at: datetime.datetime | None
    """ When the player earned it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rarity_of_unlock import RarityOfUnlock  # noqa: PLC0415

        description: None | str
        description = self.description

        hidden = self.hidden

        icon_url: None | str
        icon_url = self.icon_url

        id = str(self.id)

        key: None | str
        key = self.key

        kind = self.kind.value

        locked_icon_url: None | str
        locked_icon_url = self.locked_icon_url

        name: None | str
        name = self.name

        points = self.points

        rarity: dict[str, Any] | None
        if isinstance(self.rarity, RarityOfUnlock):
            rarity = self.rarity.to_dict()
        else:
            rarity = self.rarity

        steps: int | None
        steps = self.steps

        target: int | None
        target = self.target

        unlocked_at: None | str
        if isinstance(self.unlocked_at, datetime.datetime):
            unlocked_at = self.unlocked_at.isoformat()
        else:
            unlocked_at = self.unlocked_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "hidden": hidden,
                "icon_url": icon_url,
                "id": id,
                "key": key,
                "kind": kind,
                "locked_icon_url": locked_icon_url,
                "name": name,
                "points": points,
                "rarity": rarity,
                "steps": steps,
                "target": target,
                "unlocked_at": unlocked_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rarity_of_unlock import RarityOfUnlock  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_description(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        description = _parse_description(d.pop("description"))

        hidden = d.pop("hidden")

        def _parse_icon_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        icon_url = _parse_icon_url(d.pop("icon_url"))

        id = UUID(d.pop("id"))

        def _parse_key(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        key = _parse_key(d.pop("key"))

        kind = AchievementKindEnum(d.pop("kind"))

        def _parse_locked_icon_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        locked_icon_url = _parse_locked_icon_url(d.pop("locked_icon_url"))

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        points = d.pop("points")

        def _parse_rarity(data: object) -> None | RarityOfUnlock:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rarity_type_0 = RarityOfUnlock.from_dict(data)

                return rarity_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RarityOfUnlock, data)

        rarity = _parse_rarity(d.pop("rarity"))

        def _parse_steps(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        steps = _parse_steps(d.pop("steps"))

        def _parse_target(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        target = _parse_target(d.pop("target"))

        def _parse_unlocked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                unlocked_at_type_0 = datetime.datetime.fromisoformat(data)

                return unlocked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        unlocked_at = _parse_unlocked_at(d.pop("unlocked_at"))

        achievement_entry = cls(
            description=description,
            hidden=hidden,
            icon_url=icon_url,
            id=id,
            key=key,
            kind=kind,
            locked_icon_url=locked_icon_url,
            name=name,
            points=points,
            rarity=rarity,
            steps=steps,
            target=target,
            unlocked_at=unlocked_at,
        )

        achievement_entry.additional_properties = d
        return achievement_entry

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
