from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="RevealReportRequest")


@_attrs_define
class RevealReportRequest:
    """Show a hidden achievement to the player."""

    achievement_id: str | UUID
    """ Its id, or its key, such as ACH_FIRST_LIGHT. """
    verb: Literal["reveal"]
    player_id: Literal["me"] | Unset | UUID = UNSET
    """ A key must name the player; a token speaks for its own and may leave it out. """
    request_id: None | str | Unset = UNSET
    """ Not needed. """
    unlocked_at: datetime.datetime | None | Unset = UNSET
    """ When it was earned offline: at most 14 days ago and 5 minutes ahead. Now, when left out. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievement_id: str
        if isinstance(self.achievement_id, UUID):
            achievement_id = str(self.achievement_id)
        else:
            achievement_id = self.achievement_id

        verb = self.verb

        player_id: Literal["me"] | str | Unset
        if isinstance(self.player_id, Unset):
            player_id = UNSET
        elif isinstance(self.player_id, UUID):
            player_id = str(self.player_id)
        else:
            player_id = self.player_id

        request_id: None | str | Unset
        if isinstance(self.request_id, Unset):
            request_id = UNSET
        else:
            request_id = self.request_id

        unlocked_at: None | str | Unset
        if isinstance(self.unlocked_at, Unset):
            unlocked_at = UNSET
        elif isinstance(self.unlocked_at, datetime.datetime):
            unlocked_at = self.unlocked_at.isoformat()
        else:
            unlocked_at = self.unlocked_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement_id": achievement_id,
                "verb": verb,
            }
        )
        if player_id is not UNSET:
            field_dict["player_id"] = player_id
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if unlocked_at is not UNSET:
            field_dict["unlocked_at"] = unlocked_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_achievement_id(data: object) -> str | UUID:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                achievement_id_type_0 = UUID(data)

                return achievement_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(str | UUID, data)

        achievement_id = _parse_achievement_id(d.pop("achievement_id"))

        verb = cast(Literal["reveal"], d.pop("verb"))
        if verb != "reveal":
            raise ValueError(f"verb must match const 'reveal', got '{verb}'")

        def _parse_player_id(data: object) -> Literal["me"] | Unset | UUID:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                player_id_type_0 = UUID(data)

                return player_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            player_id_type_1 = cast(Literal["me"], data)
            if player_id_type_1 != "me":
                raise ValueError(f"player_id_type_1 must match const 'me', got '{player_id_type_1}'")
            return player_id_type_1

        player_id = _parse_player_id(d.pop("player_id", UNSET))

        def _parse_request_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        request_id = _parse_request_id(d.pop("request_id", UNSET))

        def _parse_unlocked_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                unlocked_at_type_0 = datetime.datetime.fromisoformat(data)

                return unlocked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        unlocked_at = _parse_unlocked_at(d.pop("unlocked_at", UNSET))

        reveal_report_request = cls(
            achievement_id=achievement_id,
            verb=verb,
            player_id=player_id,
            request_id=request_id,
            unlocked_at=unlocked_at,
        )

        reveal_report_request.additional_properties = d
        return reveal_report_request

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
