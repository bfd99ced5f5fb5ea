"""Routes found by the segments of a path, where Django tries one pattern after another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern


@dataclass(slots=True)
class _Place:
    """Where a walk along the segments of routes is: who ends here, who goes on from here, and the ways on."""

    ends: list[int] = field(default_factory=list)
    prefixes: list[int] = field(default_factory=list)
    literals: dict[str, "_Place"] = field(default_factory=dict)
    # Behind a segment that has a parameter.
    parameter: "_Place | None" = None

    def on(self, segment: str) -> "_Place":
        """Return the place behind a route's segment, new if need be."""
        if "<" not in segment:
            return self.literals.setdefault(segment, _Place())
        self.parameter = self.parameter or _Place()
        return self.parameter

    def ways(self, segment: str) -> Iterator["_Place"]:
        """Yield the places behind a path's segment."""
        if (literal := self.literals.get(segment)) is not None:
            yield literal
        if self.parameter is not None:
            yield self.parameter


class IndexedResolver(URLResolver):
    """Django's resolver, for long lists of patterns: only those whose segments fit a path are tried, in their order.

    What matches, its arguments and the refusal of all else are Django's. It also finds what has no segments to go by.
    """

    @classmethod
    def of(cls, resolver: URLResolver) -> Self:
        """Return an include's resolver with an index."""
        return cls(
            resolver.pattern,
            resolver.urlconf_name,
            resolver.default_kwargs,
            app_name=resolver.app_name,
            namespace=resolver.namespace,
        )

    def resolve(self, path: str) -> ResolverMatch:
        match = self.pattern.match(path := str(path))
        return self._among(self._fitting(match[0]) if match else ()).resolve(path)

    def _fitting(self, path: str) -> tuple[int, ...]:
        """Return the numbers of the patterns that may match, in order."""
        places = [self._index]
        found = [*self._index.prefixes]
        for segment in path.split("/"):
            places = [way for place in places for way in place.ways(segment)]
            for place in places:
                found += place.prefixes
        for place in places:
            found += place.ends
        return tuple(sorted(found))

    def _among(self, numbers: tuple[int, ...]) -> URLResolver:
        """Return a plain resolver of these patterns: as many exist as there are ways through the index."""
        if (found := self._narrowed.get(numbers)) is None:
            patterns = [self.url_patterns[number] for number in numbers]
            found = URLResolver(self.pattern, patterns, self.default_kwargs, self.app_name, self.namespace)
            self._narrowed[numbers] = found
        return found

    @cached_property
    def _narrowed(self) -> dict[tuple[int, ...], URLResolver]:
        return {}

    @cached_property
    def _index(self) -> _Place:
        root = _Place()
        for number, pattern in enumerate(self.url_patterns):
            place, (segments, is_whole) = root, _segments(pattern)
            for segment in segments:
                place = place.on(segment)
            (place.ends if is_whole else place.prefixes).append(number)
        return root


def _segments(item: URLPattern | URLResolver) -> tuple[list[str], bool]:
    """Return the segments that a path must have, and whether it has no others."""
    if not isinstance(item.pattern, RoutePattern):
        return [], False
    segments = str(item.pattern).split("/")
    spanning = [number for number, segment in enumerate(segments) if _may_span(item.pattern, segment)]
    if spanning:
        return segments[: spanning[0]], False
    # The last segment of an include's route is the beginning of one, mostly empty.
    return (segments, True) if isinstance(item, URLPattern) else (segments[:-1], False)


def _may_span(pattern: RoutePattern, segment: str) -> bool:
    """Whether a parameter in a route's segment takes slashes."""
    return any(
        re.fullmatch(converter.regex, "a/a") for name, converter in pattern.converters.items() if f"{name}>" in segment
    )
