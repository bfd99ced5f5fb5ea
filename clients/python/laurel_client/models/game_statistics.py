from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.interval_enum import IntervalEnum

if TYPE_CHECKING:
    from ..models.achievement_history import AchievementHistory
    from ..models.game_slot import GameSlot


T = TypeVar("T", bound="GameStatistics")


@_attrs_define
class GameStatistics:
    """What happened in a game over time; slots without activity are left out, and the one under way."""

    achievements: list[AchievementHistory]
    end_date: datetime.date
    interval: IntervalEnum
    results: list[GameSlot]
    start_date: datetime.date
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievements = []
        for achievements_item_data in self.achievements:
            achievements_item = achievements_item_data.to_dict()
            achievements.append(achievements_item)

        end_date = self.end_date.isoformat()

        interval = self.interval.value

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        start_date = self.start_date.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievements": achievements,
                "end_date": end_date,
                "interval": interval,
                "results": results,
                "start_date": start_date,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.achievement_history import AchievementHistory  # noqa: PLC0415
        from ..models.game_slot import GameSlot  # noqa: PLC0415

        d = dict(src_dict)
        achievements = []
        _achievements = d.pop("achievements")
        for achievements_item_data in _achievements:
            achievements_item = AchievementHistory.from_dict(achievements_item_data)

            achievements.append(achievements_item)

        end_date = datetime.date.fromisoformat(d.pop("end_date"))

        interval = IntervalEnum(d.pop("interval"))

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = GameSlot.from_dict(results_item_data)

            results.append(results_item)

        start_date = datetime.date.fromisoformat(d.pop("start_date"))

        game_statistics = cls(
            achievements=achievements,
            end_date=end_date,
            interval=interval,
            results=results,
            start_date=start_date,
        )

        game_statistics.additional_properties = d
        return game_statistics

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
