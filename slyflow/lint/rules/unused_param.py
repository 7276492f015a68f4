"""A param that nothing reads."""

from collections.abc import Iterator

from slyflow.lint.subject import Subject
from slyflow.problem import Problem


def find(subject: Subject) -> Iterator[Problem]:
    """Yield the params that no expression reads."""
    for name, param in subject.pipeline.params.items():
        if ("params", name) not in subject.read:
            hint = f"remove it, or read it as ${{{{ params.{name} }}}}"
            yield Problem(param.span, f'nothing reads the param "{name}"', "unused-param", hint=hint)
