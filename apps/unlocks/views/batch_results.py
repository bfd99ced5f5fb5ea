"""The results of batches: one an item, in the order sent."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from apps.unlocks.bodies import item_error_body
from apps.unlocks.errors import REFUSALS, refusal_of
from apps.unlocks.parsing import read_items


class Outcome(Protocol):
    """What became of an item: a name, which may be of REFUSALS."""

    outcome: str

    @property
    def is_new(self) -> bool: ...


R = TypeVar("R")
O = TypeVar("O", bound=Outcome)  # noqa: E741 - outcomes of items R


def results_of(
    items: list[object],
    *,
    read: Callable[[object], R],
    record: Callable[[list[R]], list[O]],
    body: Callable[[O], dict[str, object]],
) -> list[dict[str, object]]:
    """Return one result per item, in order."""
    reports, refused = read_items(items, read)
    results = {index: item_error_body(index, error) for index, error in refused.items()}
    for index, outcome in zip(reports, record(list(reports.values())), strict=True):
        if outcome.outcome in REFUSALS:
            results[index] = item_error_body(index, refusal_of(outcome.outcome))
        else:
            results[index] = {"index": index, "status": 201 if outcome.is_new else 200, **body(outcome)}
    return [results[index] for index in range(len(items))]
