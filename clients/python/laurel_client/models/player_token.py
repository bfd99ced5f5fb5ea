from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlayerToken")


@_attrs_define
class PlayerToken:
    """A token with which a game client acts for its player."""

    expires_in: int
    """ Seconds. """
    game_id: UUID
    player_id: UUID
    token: str
    """ Send it as `Authorization: Bearer lp_...`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expires_in = self.expires_in

        game_id = str(self.game_id)

        player_id = str(self.player_id)

        token = self.token

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expires_in": expires_in,
                "game_id": game_id,
                "player_id": player_id,
                "token": token,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        expires_in = d.pop("expires_in")

        game_id = UUID(d.pop("game_id"))

        player_id = UUID(d.pop("player_id"))

        token = d.pop("token")

        player_token = cls(
            expires_in=expires_in,
            game_id=game_id,
            player_id=player_id,
            token=token,
        )

        player_token.additional_properties = d
        return player_token

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
