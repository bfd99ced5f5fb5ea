from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.medal_enum import MedalEnum

if TYPE_CHECKING:
    from ..models.board import Board


T = TypeVar("T", bound="Medal")


@_attrs_define
class Medal:
    """A place among the first thousand of a window."""

    board: Board
    """ Which board it is. """
    medal: MedalEnum
    points: int
    rank: int
    unlock_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        board = self.board.to_dict()

        medal = self.medal.value

        points = self.points

        rank = self.rank

        unlock_count = self.unlock_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "board": board,
                "medal": medal,
                "points": points,
                "rank": rank,
                "unlock_count": unlock_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.board import Board  # noqa: PLC0415

        d = dict(src_dict)
        board = Board.from_dict(d.pop("board"))

        medal = MedalEnum(d.pop("medal"))

        points = d.pop("points")

        rank = d.pop("rank")

        unlock_count = d.pop("unlock_count")

        medal = cls(
            board=board,
            medal=medal,
            points=points,
            rank=rank,
            unlock_count=unlock_count,
        )

        medal.additional_properties = d
        return medal

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
