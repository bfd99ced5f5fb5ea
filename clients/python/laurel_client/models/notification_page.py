from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.notification import Notification


T = TypeVar("T", bound="NotificationPage")


@_attrs_define
class NotificationPage:
    """A page of an inbox."""

    last_seq: int
    """ Of the latest notification, 0 for none. """
    next_: None | str
    """ URL of the next page. """
    next_since: int | None
    """ What to send as since the next time; null where newer ones come first. """
    previous: None | str
    """ URL of the previous page. """
    results: list[Notification]
    unread_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        last_seq = self.last_seq

        next_: None | str
        next_ = self.next_

        next_since: int | None
        next_since = self.next_since

        previous: None | str
        previous = self.previous

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        unread_count = self.unread_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "last_seq": last_seq,
                "next": next_,
                "next_since": next_since,
                "previous": previous,
                "results": results,
                "unread_count": unread_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.notification import Notification  # noqa: PLC0415

        d = dict(src_dict)
        last_seq = d.pop("last_seq")

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        def _parse_next_since(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        next_since = _parse_next_since(d.pop("next_since"))

        def _parse_previous(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        previous = _parse_previous(d.pop("previous"))

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = Notification.from_dict(results_item_data)

            results.append(results_item)

        unread_count = d.pop("unread_count")

        notification_page = cls(
            last_seq=last_seq,
            next_=next_,
            next_since=next_since,
            previous=previous,
            results=results,
            unread_count=unread_count,
        )

        notification_page.additional_properties = d
        return notification_page

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
