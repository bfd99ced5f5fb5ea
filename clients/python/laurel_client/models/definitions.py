from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.format_enum import FormatEnum
from ..models.version_enum import VersionEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.definition import Definition


T = TypeVar("T", bound="Definitions")


@_attrs_define
class Definitions:
    """A game's achievements as one document, as the portal exports and imports it."""

    achievements: list[Definition]
    format_: FormatEnum
    version: VersionEnum
    game: None | str | Unset = UNSET
    """ Refused when it is another game's slug. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievements = []
        for achievements_item_data in self.achievements:
            achievements_item = achievements_item_data.to_dict()
            achievements.append(achievements_item)

        format_ = self.format_.value

        version = self.version.value

        game: None | str | Unset
        if isinstance(self.game, Unset):
            game = UNSET
        else:
            game = self.game

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievements": achievements,
                "format": format_,
                "version": version,
            }
        )
        if game is not UNSET:
            field_dict["game"] = game

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.definition import Definition  # noqa: PLC0415

        d = dict(src_dict)
        achievements = []
        _achievements = d.pop("achievements")
        for achievements_item_data in _achievements:
            achievements_item = Definition.from_dict(achievements_item_data)

            achievements.append(achievements_item)

        format_ = FormatEnum(d.pop("format"))

        version = VersionEnum(d.pop("version"))

        def _parse_game(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        game = _parse_game(d.pop("game", UNSET))

        definitions = cls(
            achievements=achievements,
            format_=format_,
            version=version,
            game=game,
        )

        definitions.additional_properties = d
        return definitions

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
