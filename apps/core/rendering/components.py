"""Writes components and included templates as parts of the page that has them.

Cotton keeps a stack of what it renders, for slots with names and for attributes passed on as a whole. A component that
has neither, as all of ours, is its template with its attributes in scope.
"""

from collections.abc import Callable, Sequence

from django.template import Context, Engine, TemplateDoesNotExist
from django.template.base import Template, Variable, VariableDoesNotExist
from django.template.loader_tags import IncludeNode
from django.utils.safestring import SafeString
from django_cotton.templatetags import Attrs, UnprocessableDynamicAttr
from django_cotton.templatetags._component import AttrKind, CottonComponentNode, PreparedAttr
from django_cotton.templatetags._slot import CottonSlotNode
from django_cotton.templatetags._vars import CottonVarsNode

from apps.core.rendering.expressions import Constant, Reader, Value, reader_of, variable_of
from apps.core.rendering.names_read import names_read
from apps.core.rendering.nodes import Out, Text, Write, in_scope, maker, writer_of

# What stands for an attribute that has no value, so that the component's own one counts.
_NONE = object()
_NOWHERE = Context()


def _nothing(context: Context, out: Out) -> None:
    """Of a component's declaration: it says what its attributes are and shows nothing."""


@maker(CottonVarsNode)
def _vars(node: CottonVarsNode, engine: Engine) -> Write:
    return _nothing


@maker(IncludeNode)
def _include(node: IncludeNode, engine: Engine) -> Write | None:
    name = node.template.var
    if node.template.filters or node.isolated_context:
        return None
    if node.template.is_var:
        write = _named_writer(node, engine, reader_of(node.template, missing=None))
    elif name.startswith("."):
        return None
    else:
        write = _template_writer(engine, (name,))
    values = [(key, reader_of(value)) for key, value in node.extra_context.items()]
    if not values:
        return write
    return in_scope(lambda context: {key: read(context) for key, read in values}, write)


def _named_writer(node: IncludeNode, engine: Engine, read_name: Reader) -> Write:
    """Return what writes the template that a variable names, as fields name those of their options."""
    writers: dict[str, Write] = {}

    def write(context: Context, out: Out) -> None:
        name = read_name(context)
        if type(name) is not str or name.startswith("."):
            out(str(node.render_annotated(context)))
            return
        if name not in writers:
            writers[name] = _template_writer(engine, (name,))
        writers[name](context, out)

    return write


@maker(CottonComponentNode)
def _component(node: CottonComponentNode, engine: Engine) -> Write | None:
    is_plain = not node.only and node.component_name != "component" and not {"attrs", ":attrs"} & {*node.attrs}
    if not is_plain or node.nodelist.get_nodes_by_type(CottonSlotNode):
        return None
    names = CottonComponentNode._candidate_template_paths(node.component_name, None)  # noqa: SLF001 - its rule for names
    attributes = [(_name(attribute.key), _attribute_reader(attribute, engine)) for attribute in node._prepared_attrs]  # noqa: SLF001
    write_slot, write = writer_of(node.nodelist, engine), _template_writer(engine, names)
    if (settled := _settled(engine, names, attributes, write_slot)) is not None:
        return settled
    defaults = _Lazy(lambda: _defaults_of(engine.select_template([*names])))

    def scope_of(context: Context) -> dict[str, Value]:
        given = {key: value for key, read in attributes if (value := read(context)) is not _NONE}
        return {**defaults.value, **given, "slot": _text(write_slot, context)}

    return in_scope(scope_of, write)


def _settled(
    engine: Engine, names: Sequence[str], attributes: list[tuple[str, Reader]], write_slot: Write
) -> Write | None:
    """Return what writes a component that is given constants alone and reads nothing else, as icons mostly do."""
    if not isinstance(write_slot, Text) or not all(isinstance(read, Constant) for _, read in attributes):
        return None
    try:
        template = engine.select_template([*names])
    except TemplateDoesNotExist:
        return None
    known = {**_defaults_of(template), "slot": SafeString(write_slot.text)}
    known |= {name: read(_NOWHERE) for name, read in attributes}
    if not {*names_read(template.nodelist)} <= {*known}:
        return None
    texts = {template.nodelist.render(Context(known, autoescape=is_escaped)) for is_escaped in (True, False)}
    return Text(texts.pop()) if len(texts) == 1 else None


class _Lazy:
    """A value that is made when it is first needed: by then all templates can be found."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._made: Value = _NONE

    @property
    def value(self) -> Value:
        if self._made is _NONE:
            self._made = self._make()
        return self._made


def _template_writer(engine: Engine, names: Sequence[str]) -> Write:
    """Return what writes a template; it is looked for when it is first needed, as templates may include themselves."""
    nodes = _Lazy(lambda: writer_of(engine.select_template([*names]).nodelist, engine))

    def write(context: Context, out: Out) -> None:
        nodes.value(context, out)

    return write


def _text(write: Write, context: Context) -> SafeString:
    parts: list[str] = []
    write(context, parts.append)
    return SafeString("".join(parts))


def _name(key: str) -> str:
    return key.replace("-", "_")


def _attribute_reader(attribute: PreparedAttr, engine: Engine) -> Reader:
    """Return what reads an attribute as Cotton does."""
    if attribute.kind == AttrKind.ESCAPED and attribute.compiled:
        write = writer_of(attribute.compiled.nodelist, engine)
        return Constant(SafeString(write.text)) if isinstance(write, Text) else lambda context: _text(write, context)
    if attribute.kind in {AttrKind.DYNAMIC, AttrKind.UNQUOTED}:
        return _dynamic_reader(attribute)
    return Constant(attribute.value)


def _dynamic_reader(attribute: PreparedAttr) -> Reader:
    variable = attribute.compiled._variable  # noqa: SLF001 - Cotton has no other access to it
    otherwise = attribute.value if attribute.kind == AttrKind.UNQUOTED else _NONE
    resolve = variable_of(variable) if isinstance(variable, Variable) and attribute.value else None

    def read(context: Context) -> Value:
        try:
            return attribute.compiled.resolve(context) if resolve is None else resolve(context)
        except VariableDoesNotExist:
            pass
        except UnprocessableDynamicAttr:
            return otherwise
        try:
            return attribute.compiled.resolve(context)
        except UnprocessableDynamicAttr:
            return otherwise

    return read


def _defaults_of(template: Template) -> dict[str, Value]:
    """Return the values of the attributes that a component declares, which are constants."""
    nothing = Context()
    return {
        name: value
        for node in template.nodelist
        if isinstance(node, CottonVarsNode)
        for name, value in node.extract_vars(nothing, Attrs({}), {}).items()
    }
