from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.rarity_of_day import RarityOfDay


T = TypeVar("T", bound="AchievementHistory")


@_attrs_define
class AchievementHistory:
    """How rare an achievement was, day by day."""

    achievement_id: UUID
    days: list[RarityOfDay]
    key: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievement_id = str(self.achievement_id)

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        key = self.key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement_id": achievement_id,
                "days": days,
                "key": key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rarity_of_day import RarityOfDay  # noqa: PLC0415

        d = dict(src_dict)
        achievement_id = UUID(d.pop("achievement_id"))

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = RarityOfDay.from_dict(days_item_data)

            days.append(days_item)

        key = d.pop("key")

        achievement_history = cls(
            achievement_id=achievement_id,
            days=days,
            key=key,
        )

        achievement_history.additional_properties = d
        return achievement_history

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
