from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.compared_side import ComparedSide


T = TypeVar("T", bound="ComparedGame")


@_attrs_define
class ComparedGame:
    """A game that any of them has played; in the order of the question, zeros for who has not."""

    id: UUID
    name: str
    sides: list[ComparedSide]
    slug: str
    total_achievements: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        sides = []
        for sides_item_data in self.sides:
            sides_item = sides_item_data.to_dict()
            sides.append(sides_item)

        slug = self.slug

        total_achievements = self.total_achievements

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "sides": sides,
                "slug": slug,
                "total_achievements": total_achievements,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.compared_side import ComparedSide  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        sides = []
        _sides = d.pop("sides")
        for sides_item_data in _sides:
            sides_item = ComparedSide.from_dict(sides_item_data)

            sides.append(sides_item)

        slug = d.pop("slug")

        total_achievements = d.pop("total_achievements")

        compared_game = cls(
            id=id,
            name=name,
            sides=sides,
            slug=slug,
            total_achievements=total_achievements,
        )

        compared_game.additional_properties = d
        return compared_game

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
