from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DashboardRank")


@_attrs_define
class DashboardRank:
    """The place on the board of all games."""

    percentile: float
    """ Share of players at or below, 0 to 100. """
    rank: int
    total_players: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        percentile = self.percentile

        rank = self.rank

        total_players = self.total_players

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "percentile": percentile,
                "rank": rank,
                "total_players": total_players,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        percentile = d.pop("percentile")

        rank = d.pop("rank")

        total_players = d.pop("total_players")

        dashboard_rank = cls(
            percentile=percentile,
            rank=rank,
            total_players=total_players,
        )

        dashboard_rank.additional_properties = d
        return dashboard_rank

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
