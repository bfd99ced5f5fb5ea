from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.friend import Friend
    from ..models.told_achievement import ToldAchievement
    from ..models.told_game import ToldGame


T = TypeVar("T", bound="FriendsUnlock")


@_attrs_define
class FriendsUnlock:
    """An unlock of a friend."""

    achievement: ToldAchievement
    """ What was earned; a hidden one is in words only for who has earned it, too. """
    game: ToldGame
    """ Where. """
    player: Friend
    """ Who earned it. """
    tier: None | str
    """ Null below 20 players. """
    unlocked_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievement = self.achievement.to_dict()

        game = self.game.to_dict()

        player = self.player.to_dict()

        tier: None | str
        tier = self.tier

        unlocked_at = self.unlocked_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement": achievement,
                "game": game,
                "player": player,
                "tier": tier,
                "unlocked_at": unlocked_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.friend import Friend  # noqa: PLC0415
        from ..models.told_achievement import ToldAchievement  # noqa: PLC0415
        from ..models.told_game import ToldGame  # noqa: PLC0415

        d = dict(src_dict)
        achievement = ToldAchievement.from_dict(d.pop("achievement"))

        game = ToldGame.from_dict(d.pop("game"))

        player = Friend.from_dict(d.pop("player"))

        def _parse_tier(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tier = _parse_tier(d.pop("tier"))

        unlocked_at = datetime.datetime.fromisoformat(d.pop("unlocked_at"))

        friends_unlock = cls(
            achievement=achievement,
            game=game,
            player=player,
            tier=tier,
            unlocked_at=unlocked_at,
        )

        friends_unlock.additional_properties = d
        return friends_unlock

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
