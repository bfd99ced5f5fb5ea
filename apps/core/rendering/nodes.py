"""Turns a template's nodes into functions that write text, once, when the template is first rendered.

Django computes again in each node what never changes: the kind of a variable, the filters' flags, an address of the
same values. Nodes that are not known here render themselves; what they contain is turned into functions as well. What
is always the same is text, and texts that follow each other are one.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from uuid import UUID

from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template import Context, Engine, Node, NodeList
from django.template.base import TextNode, VariableNode
from django.template.defaulttags import CommentNode, ForNode, IfNode, LoadNode, URLNode, WithNode
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_resolver, get_script_prefix, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

from apps.core.rendering.expressions import Constant, Reader, Value, condition_of, reader_of, text_of

Out = Callable[[str], None]
Write = Callable[[Context, Out], None]
Maker = Callable[[Value, Engine], Write | None]

_SILENT: tuple[type[Node], ...] = (CommentNode, LoadNode)
# By the class of a node; a maker returns None for one that has to render itself.
MAKERS: dict[type[Node], Maker] = {}


class Text:
    """Writes what is always the same."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, context: Context, out: Out) -> None:
        out(self.text)


class CompiledNodeList(NodeList):
    """Nodes that are rendered by one function; they stay for those who look for blocks among them."""

    # How often settings changed, as they do in tests: addresses in texts are those of the time.
    changes_of_settings = 0

    def __init__(self, nodes: Iterable[Node], engine: Engine) -> None:
        super().__init__(nodes)
        self._engine = engine
        # By what the addresses in texts depend on.
        self._writes: dict[tuple[str, int], Write] = {}
        self._by_type: dict[type[Node], list[Node]] = {}

    def render(self, context: Context) -> SafeString:
        parts: list[str] = []
        self.write(context, parts.append)
        return SafeString("".join(parts))

    def write(self, context: Context, out: Out) -> None:
        state = get_script_prefix(), self.changes_of_settings
        write = self._writes.get(state)
        if write is None:
            write = self._writes[state] = writer_of(self, self._engine)
        write(context, out)

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        """Return Django's, looked for once: each page needs all blocks of its base."""
        if (found := self._by_type.get(nodetype)) is None:
            found = self._by_type[nodetype] = super().get_nodes_by_type(nodetype)
        return found


def writer_of(nodes: Iterable[Node], engine: Engine) -> Write:
    """Return the function that writes the nodes; a Text where they are always the same."""
    pairs, text = [], ""
    for write in _writes_of(nodes, engine):
        if isinstance(write, Text):
            text += write.text
        else:
            pairs.append((text, write))
            text = ""
    if not pairs:
        return Text(text)
    return pairs[0][1] if len(pairs) == 1 and not (text or pairs[0][0]) else _sequence(pairs, text)


def _sequence(pairs: list[tuple[str, Write]], end: str) -> Write:
    def write(context: Context, out: Out) -> None:
        for text, one in pairs:
            if text:
                out(text)
            one(context, out)
        if end:
            out(end)

    return write


def maker(kind: type[Node]) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        MAKERS[kind] = make
        return make

    return register


def _writes_of(nodes: Iterable[Node], engine: Engine) -> Iterator[Write]:
    for node in nodes:
        if not isinstance(node, _SILENT):
            make = MAKERS.get(type(node))
            yield (make and make(node, engine)) or _as_itself(node, engine)


def _as_itself(node: Node, engine: Engine) -> Write:
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if type(inner) is NodeList:
            setattr(node, name, CompiledNodeList(inner, engine))
    return lambda context, out: out(str(node.render_annotated(context)))


@maker(TextNode)
def _text(node: TextNode, engine: Engine) -> Write:
    return Text(node.s)


@maker(BlockNode)
def _block(node: BlockNode, engine: Engine) -> Write:
    """As BlockNode.render, without a text of its own for each block."""

    def write(context: Context, out: Out) -> None:
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        found = None if blocks is None else blocks.pop(node.name)
        chosen = found or node
        inner = chosen.nodelist
        if not isinstance(inner, CompiledNodeList):
            inner = chosen.nodelist = CompiledNodeList(inner, engine)
        shown = BlockNode(node.name, inner)
        # For `block.super`, as in Django.
        shown.context = context
        context.dicts.append({"block": shown})
        try:
            inner.write(context, out)
        finally:
            context.dicts.pop()
        if blocks is not None and found is not None:
            blocks.push(node.name, found)

    return write


@maker(VariableNode)
def _variable(node: VariableNode, engine: Engine) -> Write:
    read = reader_of(node.filter_expression)
    return lambda context, out: out(text_of(read(context), context))


@maker(IfNode)
def _if(node: IfNode, engine: Engine) -> Write:
    branches = [
        (None if condition is None else condition_of(condition), writer_of(nodes, engine))
        for condition, nodes in node.conditions_nodelists
    ]

    def write(context: Context, out: Out) -> None:
        for condition, write_branch in branches:
            if condition is None or condition(context):
                write_branch(context, out)
                return

    return write


@maker(WithNode)
def _with(node: WithNode, engine: Engine) -> Write:
    values = [(name, reader_of(expression)) for name, expression in node.extra_context.items()]
    return in_scope(lambda context: {name: read(context) for name, read in values}, writer_of(node.nodelist, engine))


def in_scope(scope_of: Callable[[Context], dict[str, Value]], write: Write) -> Write:
    """Return what writes with more names in the context."""

    def write_inside(context: Context, out: Out) -> None:
        scope = scope_of(context)
        context.dicts.append(scope)
        try:
            write(context, out)
        finally:
            context.dicts.pop()

    return write_inside


@maker(ForNode)
def _for(node: Value, engine: Engine) -> Write:
    read, is_reversed = reader_of(node.sequence, missing=None), node.is_reversed
    write_item, write_none = writer_of(node.nodelist_loop, engine), writer_of(node.nodelist_empty, engine)
    name, *others = node.loopvars

    def write(context: Context, out: Out) -> None:
        found = read(context)
        values = () if found is None else found if hasattr(found, "__len__") else list(found)
        loop: dict[str, Value] = {"parentloop": context.get("forloop", {})}
        scope = {"forloop": loop}
        context.dicts.append(scope)
        try:
            for item in _counted(values, loop, is_reversed=is_reversed):
                scope |= _unpacked(item, node.loopvars) if others else {name: item}
                write_item(context, out)
            if "counter" not in loop:
                write_none(context, out)
        finally:
            context.dicts.pop()

    return write


def _counted(values: Value, loop: dict[str, Value], *, is_reversed: bool) -> Iterator[Value]:
    """Yield the values, with `forloop` as it is at each."""
    count = len(values)
    for at, item in enumerate(reversed(values) if is_reversed else values):
        loop["counter0"], loop["counter"] = at, at + 1
        loop["revcounter"], loop["revcounter0"] = count - at, count - at - 1
        loop["first"], loop["last"] = at == 0, at == count - 1
        yield item


def _unpacked(item: Value, names: list[str]) -> dict[str, Value]:
    """Raises: ValueError unless there is a value for each name."""
    count = len(item) if hasattr(item, "__len__") else 1
    if count != len(names):
        raise ValueError(f"Need {len(names)} values to unpack in for loop; got {count}. ")
    return dict(zip(names, item, strict=False))


@maker(StaticNode)
def _static(node: StaticNode, engine: Engine) -> Write | None:
    if node.varname is not None or node.path.is_var or node.path.filters:
        return None
    try:
        return _address_text(str(StaticNode.handle_simple(node.path.var)))
    except ValueError:
        # Of a file that is missing: it fails where it is rendered.
        return None


def _address_text(address: str) -> Write:
    """Return what writes an address; one that needs escaping may stand where nothing is escaped."""
    return Text(address) if escape(address) == address else lambda context, out: out(text_of(address, context))


@maker(URLNode)
def _url(node: URLNode, engine: Engine) -> Write | None:
    if node.view_name.is_var or node.view_name.filters:
        return None
    view_name = node.view_name.var
    arguments = [reader_of(argument) for argument in node.args]
    named = [(name, reader_of(argument)) for name, argument in node.kwargs.items()]
    # This function is of one prefix: see CompiledNodeList.
    prefix = get_script_prefix()
    if node.asvar is None and (settled := _settled(view_name, arguments, named)):
        return settled

    def write(context: Context, out: Out) -> None:
        values = tuple([read(context) for read in arguments])
        others = tuple([(name, read(context)) for name, read in named])
        kinds = {type(value) for value in values} | {type(value) for _, value in others}
        if not kinds <= _KNOWN_BY_VALUE:
            out(node.render(context))
            return
        try:
            found = _address(view_name, values, others, _current_app(context), prefix)
        except NoReverseMatch:
            if node.asvar is None:
                raise
            found = ""
        if node.asvar is None:
            out(text_of(found, context))
        else:
            context[node.asvar] = found

    return write


def _settled(view_name: str, arguments: list[Reader], named: list[tuple[str, Reader]]) -> Write | None:
    """Return what writes the address of constants, unless it depends on the page, or there is none."""
    readers = [*arguments, *(read for _, read in named)]
    if not all(isinstance(read, Constant) for read in readers):
        return None
    if any(len(instances) > 1 for instances in get_resolver().app_dict.values()):
        return None
    values = Context()
    try:
        address = reverse(
            view_name, args=[read(values) for read in arguments], kwargs={name: read(values) for name, read in named}
        )
    except NoReverseMatch:
        return None
    return _address_text(address)


# Equal ones make equal addresses; 1 equals True, so numbers are left out.
_KNOWN_BY_VALUE = {str, SafeString, UUID}


def _current_app(context: Context) -> str | None:
    """Return the namespace that Django prefers, that of the page."""
    request = getattr(context, "request", None)
    try:
        return request.current_app  # type: ignore[no-any-return, union-attr]
    except AttributeError:
        return getattr(getattr(request, "resolver_match", None), "namespace", None)


@lru_cache(maxsize=10_000)
def _address(
    view_name: str,
    values: tuple[Value, ...],
    named: tuple[tuple[str, Value], ...],
    current_app: str | None,
    prefix: str,
) -> str:
    """Return an address; `prefix` is what reverse() puts before it. Raises: NoReverseMatch."""
    return reverse(view_name, args=values, kwargs=dict(named), current_app=current_app)


@receiver(setting_changed)
def _clear_addresses(**_: object) -> None:
    _address.cache_clear()
    CompiledNodeList.changes_of_settings += 1
