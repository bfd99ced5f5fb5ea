"""Migration operations beyond Django's own."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor as Editor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState
from django.db.models import Field, UniqueConstraint

from apps.core.clock import now
from apps.core.database.numbering import Numbering
from apps.core.database.partitions import MONTHS_AHEAD, MonthlyTable, make_partitions, month_before, months_from


class CreateModels(Operation):
    """Create models together, and render each once.

    After each CreateModel, Django renders every related model of the project again, though only their reverse relations
    change: migrating an empty database took 1.4 s of CPU where it now takes 0.7 to 1.0 (2026-11-30).
    """

    category = OperationCategory.ADDITION

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        rendered = state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)
        if rendered:
            rendered.render_multiple([state.models[app_label, model.name_lower] for model in self.models])
            state.__dict__["apps"] = rendered

    def database_forwards(self, app_label: str, *editor_and_states: Any) -> None:
        for model in self.models:
            model.database_forwards(app_label, *editor_and_states)

    def database_backwards(self, app_label: str, *editor_and_states: Any) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, *editor_and_states)

    def describe(self) -> str:
        return f"Create models {', '.join(model.name for model in self.models)}"


class MakePartitions(Operation):
    """Make the partitions of a new monthly table: from the oldest month of its retention to those ahead."""

    category = OperationCategory.ADDITION
    reversible = True

    def __init__(self, table: MonthlyTable) -> None:
        self.table = table

    def state_forwards(self, _app_label: str, _state: ProjectState) -> None:
        """Django does not know of partitions."""

    def database_forwards(self, *_: Any) -> None:
        past = self.table.retention_months
        make_partitions(self.table, months_from(month_before(now().date(), past), past + 1 + MONTHS_AHEAD))

    def database_backwards(self, *_: Any) -> None:
        """They go with their table."""

    def describe(self) -> str:
        return f"Make partitions of {self.table.name}"


class AddNumber(AddField):
    """Add a unique `number` to a model whose table is in use; existing rows get theirs in order of creation.

    Its migration is not atomic, so that the table is locked for moments only; killed, it goes on where it was.
    """

    def __init__(self, model_name: str, field: "Field[int, int]") -> None:
        super().__init__(model_name, "number", field)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        super().state_forwards(app_label, state)
        name = f"{self._table(app_label, state)}_number_uniq"
        state.add_constraint(app_label, self.model_name_lower, UniqueConstraint(fields=["number"], name=name))

    def database_forwards(self, app_label: str, schema_editor: Editor, _: ProjectState, to_state: ProjectState) -> None:
        type_ = self.field.db_type(schema_editor.connection) or ""
        Numbering(schema_editor.connection, self._table(app_label, to_state), type_).add()

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        Numbering(schema_editor.connection, self._table(app_label, from_state), "").remove()

    def _table(self, app_label: str, state: ProjectState) -> str:
        return str(state.models[app_label, self.model_name_lower].options["db_table"])


class AddUniqueConstraint(AddConstraint):
    """Add a unique constraint to a table in use: its index is built beside writers, where no transaction forbids it."""

    constraint: UniqueConstraint

    def database_forwards(self, app_label: str, schema_editor: Editor, _: ProjectState, to_state: ProjectState) -> None:
        connection, name = schema_editor.connection, self.constraint.name
        table = to_state.models[app_label, self.model_name_lower].options["db_table"]
        concurrently = "" if connection.in_atomic_block else "CONCURRENTLY"
        columns = ", ".join(self.constraint.fields)
        # Left unfinished by a run that was killed.
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
        schema_editor.execute(f"CREATE UNIQUE INDEX {concurrently} {name} ON {table} ({columns})")
        schema_editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")


class AddIndexBesideWriters(AddIndexConcurrently):
    """Add an index to a table in use: built beside writers, where no transaction forbids it, as a first start does."""

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        is_first_start = schema_editor.connection.in_atomic_block
        adding = AddIndex if is_first_start else AddIndexConcurrently
        adding.database_forwards(self, app_label, schema_editor, from_state, to_state)
