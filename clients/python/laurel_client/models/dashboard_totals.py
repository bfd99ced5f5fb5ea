from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DashboardTotals")


@_attrs_define
class DashboardTotals:
    """Sums over all games."""

    achievement_count: int
    completed_count: int
    game_count: int
    playtime_seconds: int
    points: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievement_count = self.achievement_count

        completed_count = self.completed_count

        game_count = self.game_count

        playtime_seconds = self.playtime_seconds

        points = self.points

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement_count": achievement_count,
                "completed_count": completed_count,
                "game_count": game_count,
                "playtime_seconds": playtime_seconds,
                "points": points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        achievement_count = d.pop("achievement_count")

        completed_count = d.pop("completed_count")

        game_count = d.pop("game_count")

        playtime_seconds = d.pop("playtime_seconds")

        points = d.pop("points")

        dashboard_totals = cls(
            achievement_count=achievement_count,
            completed_count=completed_count,
            game_count=game_count,
            playtime_seconds=playtime_seconds,
            points=points,
        )

        dashboard_totals.additional_properties = d
        return dashboard_totals

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
