from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.board import Board
    from ..models.rank_of_day import RankOfDay


T = TypeVar("T", bound="RankHistory")


@_attrs_define
class RankHistory:
    """A player's rank on an all-time board, day by day; days on which it was not kept are left out."""

    board: Board
    """ Which board it is. """
    player_id: UUID
    results: list[RankOfDay]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        board = self.board.to_dict()

        player_id = str(self.player_id)

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "board": board,
                "player_id": player_id,
                "results": results,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.board import Board  # noqa: PLC0415
        from ..models.rank_of_day import RankOfDay  # noqa: PLC0415

        d = dict(src_dict)
        board = Board.from_dict(d.pop("board"))

        player_id = UUID(d.pop("player_id"))

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = RankOfDay.from_dict(results_item_data)

            results.append(results_item)

        rank_history = cls(
            board=board,
            player_id=player_id,
            results=results,
        )

        rank_history.additional_properties = d
        return rank_history

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
