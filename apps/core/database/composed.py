"""Querysets that are composed once: later calls only put their parameters into the statement."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any, Generic, TypeVar, get_type_hints
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, ForeignObject, Lookup, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

from apps.core.ids import new_id

T = TypeVar("T")
# Of whatever type a parameter or a column has.
Value = Any
Row = Sequence[Value]
# Of querysets of values.
Tuples = QuerySet[Value, tuple[Value, ...]]
_numbers = count(1)
# By a parameter's type, what makes a value that stands for it in the statement and equals no other stand-in.
_STAND_INS: dict[Value, Callable[[], Value]] = {
    UUID: new_id,
    str: lambda: str(new_id()),
    int: lambda: 2**30 + next(_numbers),
    datetime: lambda: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=next(_numbers)),
    list[UUID]: lambda: [new_id()],
    list[str]: lambda: [str(new_id())],
}


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup):
    """`id__among=ids`: a value among any number of them, by the same statement."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Value]:
        return list(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: Value) -> tuple[str, list[Value]]:  # type: ignore[override]
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s)", [*parameters, self.rhs]


class Composed(Generic[T]):
    """A queryset of a function that reads nothing but its parameters.

    Django builds and compiles a queryset each time, 0.5 to 3 ms of CPU: most of what a short list costs.
    """

    def __init__(self, make: Callable[..., QuerySet[Value, T]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def rows(self, **values: Value) -> list[T]:
        """Return what the queryset returns: objects, or tuples. One query."""
        return self._statement.rows(values)

    def first(self, **values: Value) -> T | None:
        """Return the first row, of a queryset that has one at most. One query."""
        found = self.rows(**values)
        return found[0] if found else None

    @cached_property
    def _statement(self) -> "_Statement":
        kinds = get_type_hints(self._make)
        stand_ins = {name: _STAND_INS[kind]() for name, kind in kinds.items() if name != "return"}
        return _Statement(self._make(**stand_ins), stand_ins)


def composed(make: Callable[..., QuerySet[Value, T]]) -> Composed[T]:
    """Compose a function's queryset once; see Composed. Its parameters have the types of _STAND_INS."""
    return Composed(make)


class _Statement:
    """A queryset's SQL with the places of its parameters, and what makes objects of rows."""

    def __init__(self, queryset: QuerySet[Value, Value], stand_ins: dict[str, Value]) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self._sql, given = compiler.as_sql()
        self._parameters = [(_named(value, stand_ins), value) for value in given]
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        self._converters = [(at, *found) for at, found in compiler.get_converters(columns).items()]
        is_of_objects = issubclass(queryset._iterable_class, ModelIterable)  # noqa: SLF001 - no other way to tell
        self._made = _object_maker(compiler) if is_of_objects else tuple

    def rows(self, values: dict[str, Value]) -> list[Value]:
        parameters = [value if name is None else values[name] for name, value in self._parameters]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            return [self._made(self._converted(row)) for row in cursor.fetchall()]

    def _converted(self, row: Row) -> Row:
        if not self._converters:
            return row
        changed = list(row)
        for at, converters, expression in self._converters:
            for convert in converters:
                changed[at] = convert(changed[at], expression, connection)
        return changed


def _named(value: Value, stand_ins: dict[str, Value]) -> str | None:
    """Return the parameter that this value stands for."""
    return next((name for name, stand_in in stand_ins.items() if stand_in == value), None)


def _object_maker(compiler: SQLCompiler) -> Callable[[Row], Value]:
    """Return what makes an object of a row, with related ones and annotations, as a queryset does."""
    make, annotations = _model_maker(compiler.klass_info, compiler.select), compiler.annotation_col_map.items()

    def make_annotated(row: Row) -> Value:
        found = make(row)
        for name, at in annotations:
            setattr(found, name, row[at])
        return found

    return make_annotated if annotations else make


def _model_maker(info: dict[str, Value], select: Row) -> Callable[[Row], Value]:
    """Return what makes a model's object of its columns, and those that it was selected with; None without a key."""
    model, first, end = info["model"], info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in select[first:end]]
    # Of a key of several columns, none is NULL.
    key_at = first + names.index(model._meta.pk_fields[0].attname)  # noqa: SLF001 - Django documents it
    related = [
        (_model_maker(other, select), other["local_setter"], other["remote_setter"])
        for other in info.get("related_klass_infos", ())
    ]

    def make(row: Row) -> Value:
        if row[key_at] is None:
            return None
        found = _loaded(model, names, row[first:end])
        for make_other, set_here, set_there in related:
            other = make_other(row)
            set_here(found, other)
            if other is not None:
                set_there(other, found)
        return found

    return make


def _loaded(model: type[Model], names: list[str], values: Row) -> Model:
    """Return an object as it is in the database, as Model.from_db does.

    Without __init__ and its signals, which nobody here listens to: fifty calls for each object of twelve columns.
    """
    found = model.__new__(model)
    state = found._state = ModelState()  # noqa: SLF001 - as __init__ does
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    found.__dict__.update(zip(names, values, strict=True))
    return found
