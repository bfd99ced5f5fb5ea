from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.board import Board
    from ..models.board_row import BoardRow


T = TypeVar("T", bound="FinalPage")


@_attrs_define
class FinalPage:
    """A page of the places kept of a window: the first thousand."""

    board: Board
    """ Which board it is. """
    closed_at: datetime.datetime
    page: int
    page_size: int
    pages: int
    results: list[BoardRow]
    total_players: int
    """ How many were on the board; the first thousand are kept. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        board = self.board.to_dict()

        closed_at = self.closed_at.isoformat()

        page = self.page

        page_size = self.page_size

        pages = self.pages

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        total_players = self.total_players

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "board": board,
                "closed_at": closed_at,
                "page": page,
                "page_size": page_size,
                "pages": pages,
                "results": results,
                "total_players": total_players,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.board import Board  # noqa: PLC0415
        from ..models.board_row import BoardRow  # noqa: PLC0415

        d = dict(src_dict)
        board = Board.from_dict(d.pop("board"))

        closed_at = datetime.datetime.fromisoformat(d.pop("closed_at"))

        page = d.pop("page")

        page_size = d.pop("page_size")

        pages = d.pop("pages")

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = BoardRow.from_dict(results_item_data)

            results.append(results_item)

        total_players = d.pop("total_players")

        final_page = cls(
            board=board,
            closed_at=closed_at,
            page=page,
            page_size=page_size,
            pages=pages,
            results=results,
            total_players=total_players,
        )

        final_page.additional_properties = d
        return final_page

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
