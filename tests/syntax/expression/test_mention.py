"""Tests of slyflow.syntax.expression.mention."""

from slyflow.model.value import Dynamic, FromFile
from slyflow.syntax.expression import expressions, references, secret_names
from tests.syntax.expression.build import expression, span, template

VALUE: Dynamic = {
    "a": [expression("params.x"), 1, None, True, "secrets.NO"],
    "b": template("x ", expression("secrets.B + secrets.A"), "y", expression("secrets.B")),
    "c": FromFile("f", "text", span()),
}


def test_every_expression_of_a_value_is_found() -> None:
    assert [one.source for one in expressions(VALUE)] == ["params.x", "secrets.B + secrets.A", "secrets.B"]


def test_references_have_offsets() -> None:
    (first, second) = references(expression("secrets.B + secrets.A"))
    assert (first.path, first.start) == (("secrets", "B"), 0)
    assert (second.path, second.start) == (("secrets", "A"), 12)


def test_secrets_are_named_once() -> None:
    assert secret_names(VALUE) == ("A", "B")
    assert secret_names(expression("'secrets.A'")) == ()
    assert secret_names(expression("[1].map(secrets, secrets.A)")) == ()
