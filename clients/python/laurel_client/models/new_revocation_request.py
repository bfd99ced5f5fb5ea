from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewRevocationRequest")


@_attrs_define
class NewRevocationRequest:
    """Which unlocks to take back: a player's, an achievement's, or with both the one."""

    reason: str
    """ For the audit log. """
    achievement_id: str | Unset = UNSET
    """ A UUID, or the achievement's key. """
    player_id: UUID | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        achievement_id = self.achievement_id

        player_id: str | Unset = UNSET
        if not isinstance(self.player_id, Unset):
            player_id = str(self.player_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reason": reason,
            }
        )
        if achievement_id is not UNSET:
            field_dict["achievement_id"] = achievement_id
        if player_id is not UNSET:
            field_dict["player_id"] = player_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        achievement_id = d.pop("achievement_id", UNSET)

        _player_id = d.pop("player_id", UNSET)
        player_id: UUID | Unset
        if isinstance(_player_id, Unset):
            player_id = UNSET
        else:
            player_id = UUID(_player_id)

        new_revocation_request = cls(
            reason=reason,
            achievement_id=achievement_id,
            player_id=player_id,
        )

        new_revocation_request.additional_properties = d
        return new_revocation_request

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
