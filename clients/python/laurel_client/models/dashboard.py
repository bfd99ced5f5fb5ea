from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.dashboard_rank import DashboardRank
    from ..models.dashboard_totals import DashboardTotals
    from ..models.played_game import PlayedGame
    from ..models.player import Player
    from ..models.unlock_entry import UnlockEntry


T = TypeVar("T", bound="Dashboard")


@_attrs_define
class Dashboard:
    """A player at a glance."""

    games: list[PlayedGame]
    latest_unlocks: list[UnlockEntry]
    player: Player
    """ A player as anyone may see them. """
    rank: DashboardRank | None
    """ Null without points. """
    totals: DashboardTotals
    """ Sums over all games. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.dashboard_rank import DashboardRank  # noqa: PLC0415

        games = []
        for games_item_data in self.games:
            games_item = games_item_data.to_dict()
            games.append(games_item)

        latest_unlocks = []
        for latest_unlocks_item_data in self.latest_unlocks:
            latest_unlocks_item = latest_unlocks_item_data.to_dict()
            latest_unlocks.append(latest_unlocks_item)

        player = self.player.to_dict()

        rank: dict[str, Any] | None
        if isinstance(self.rank, DashboardRank):
            rank = self.rank.to_dict()
        else:
            rank = self.rank

        totals = self.totals.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "games": games,
                "latest_unlocks": latest_unlocks,
                "player": player,
                "rank": rank,
                "totals": totals,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dashboard_rank import DashboardRank  # noqa: PLC0415
        from ..models.dashboard_totals import DashboardTotals  # noqa: PLC0415
        from ..models.played_game import PlayedGame  # noqa: PLC0415
        from ..models.player import Player  # noqa: PLC0415
        from ..models.unlock_entry import UnlockEntry  # noqa: PLC0415

        d = dict(src_dict)
        games = []
        _games = d.pop("games")
        for games_item_data in _games:
            games_item = PlayedGame.from_dict(games_item_data)

            games.append(games_item)

        latest_unlocks = []
        _latest_unlocks = d.pop("latest_unlocks")
        for latest_unlocks_item_data in _latest_unlocks:
            latest_unlocks_item = UnlockEntry.from_dict(latest_unlocks_item_data)

            latest_unlocks.append(latest_unlocks_item)

        player = Player.from_dict(d.pop("player"))

        def _parse_rank(data: object) -> DashboardRank | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rank_type_0 = DashboardRank.from_dict(data)

                return rank_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DashboardRank | None, data)

        rank = _parse_rank(d.pop("rank"))

        totals = DashboardTotals.from_dict(d.pop("totals"))

        dashboard = cls(
            games=games,
            latest_unlocks=latest_unlocks,
            player=player,
            rank=rank,
            totals=totals,
        )

        dashboard.additional_properties = d
        return dashboard

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
