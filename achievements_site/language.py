"""Django's translation tags for a site in one language: their text is settled when a template compiles.

Calling gettext in each render made pages 5 to 17 % more Python calls, the quick start 51 %.
A second language drops this library from the settings, and Django's own tags take over.
"""

from collections.abc import Iterable

from django.template import Context, Engine, Library, Node, NodeList
from django.template.base import Parser, TextNode, Token, VariableNode
from django.template.defaulttags import WithNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode, do_block_translate, do_translate
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from apps.core.rendering.nodes import Out, Write, maker, writer_of

register = Library()
# Surrounds the names of variables in a translated text; no template contains it.
MARK = "\0"


class CountNode(Node):
    """The two English forms for a count."""

    def __init__(self, name: str, one: NodeList, many: NodeList) -> None:
        self.name, self.one, self.many = name, one, many

    def render(self, context: Context) -> SafeString:
        return (self.one if context[self.name] == 1 else self.many).render(context)


@maker(CountNode)
def _count(node: CountNode, engine: Engine) -> Write:
    write_one, write_many = writer_of(node.one, engine), writer_of(node.many, engine)

    def write(context: Context, out: Out) -> None:
        (write_one if context[node.name] == 1 else write_many)(context, out)

    return write


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    node = do_translate(parser, token)
    return TextNode(node.render(Context())) if _is_constant(node) else node


@register.tag
def blocktranslate(parser: Parser, token: Token) -> Node:
    node = do_block_translate(parser, token)
    if node.asvar or node.message_context:
        return node
    values, (singular, plural) = dict(node.extra_context), _texts_of(node)
    nodes = _nodes_of(singular, parser)
    if node.countervar and node.counter:
        values[node.countervar] = node.counter
        nodes = NodeList([CountNode(node.countervar, nodes, _nodes_of(plural, parser))])
    return WithNode(None, None, nodes, values) if values or len(nodes) > 1 else nodes[0]


def _is_constant(node: TranslateNode) -> bool:
    expression = node.filter_expression
    is_plain = not (node.noop or node.asvar or node.message_context or expression.filters)
    return is_plain and expression.var.lookups is None


def _texts_of(node: BlockTranslateNode) -> tuple[str, str]:
    """Return the tag's singular and plural texts, with the names of variables between marks."""
    singular, names = node.render_token_list(node.singular)
    if not node.plural:
        return (gettext(singular) % _marked(names),) * 2
    plural, more_names = node.render_token_list(node.plural)
    values = _marked([*names, *more_names])
    return ngettext(singular, plural, 1) % values, ngettext(singular, plural, 2) % values


def _marked(names: Iterable[str]) -> dict[str, str]:
    return {name: f"{MARK}{name}{MARK}" for name in names}


def _nodes_of(text: str, parser: Parser) -> NodeList:
    """Return a text as nodes, alternating between text and variables."""
    parts = enumerate(text.split(MARK))
    return NodeList(VariableNode(parser.compile_filter(part)) if at % 2 else TextNode(part) for at, part in parts)
