from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Slot")


@_attrs_define
class Slot:
    """An hour or a day with activity."""

    achievement_count: int
    """ Held at its end. """
    completion_percentage: float | None
    """ Of the game; null over all games. """
    playtime_hours: float
    points: int
    recorded_at: datetime.datetime
    """ Its beginning, UTC. """
    unlock_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievement_count = self.achievement_count

        completion_percentage: float | None
        completion_percentage = self.completion_percentage

        playtime_hours = self.playtime_hours

        points = self.points

        recorded_at = self.recorded_at.isoformat()

        unlock_count = self.unlock_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement_count": achievement_count,
                "completion_percentage": completion_percentage,
                "playtime_hours": playtime_hours,
                "points": points,
                "recorded_at": recorded_at,
                "unlock_count": unlock_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        achievement_count = d.pop("achievement_count")

        def _parse_completion_percentage(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        completion_percentage = _parse_completion_percentage(d.pop("completion_percentage"))

        playtime_hours = d.pop("playtime_hours")

        points = d.pop("points")

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        unlock_count = d.pop("unlock_count")

        slot = cls(
            achievement_count=achievement_count,
            completion_percentage=completion_percentage,
            playtime_hours=playtime_hours,
            points=points,
            recorded_at=recorded_at,
            unlock_count=unlock_count,
        )

        slot.additional_properties = d
        return slot

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
