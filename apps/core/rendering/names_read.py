"""Which names a template reads, where that can be said of all its nodes."""

from collections.abc import Iterable, Iterator

from django.template import Node
from django.template.base import FilterExpression, TextNode, Variable, VariableNode
from django.template.defaulttags import CommentNode, IfNode, LoadNode, TemplateLiteral
from django.templatetags.static import StaticNode
from django_cotton.templatetags._vars import CottonVarsNode

from apps.core.rendering.expressions import Value

# Of a node that may read anything.
ANYTHING = "*"
_READING_NOTHING = (TextNode, CommentNode, LoadNode, CottonVarsNode)


def names_read(nodes: Iterable[Node]) -> Iterator[str]:
    """Yield the names that nodes read from their context, and ANYTHING for each node that is not known here."""
    for node in nodes:
        if isinstance(node, VariableNode):
            yield from _of_expression(node.filter_expression)
        elif isinstance(node, IfNode):
            for condition, inner in node.conditions_nodelists:
                yield from _of_condition(condition)
                yield from names_read(inner)
        elif isinstance(node, StaticNode) and node.varname is None:
            yield from _of_expression(node.path)
        elif not isinstance(node, _READING_NOTHING):
            yield ANYTHING


def _of_condition(token: Value) -> Iterator[str]:
    if isinstance(token, TemplateLiteral):
        yield from _of_expression(token.value)  # type: ignore[arg-type] # the stubs have other tokens' values
    elif token is not None:
        yield from _of_condition(token.first)
        yield from _of_condition(token.second)


def _of_expression(expression: FilterExpression) -> Iterator[str]:
    arguments = [value for _, given in expression.filters for _, value in given]
    for value in (expression.var, *arguments):
        if isinstance(value, Variable) and value.lookups is not None:
            yield value.lookups[0]
