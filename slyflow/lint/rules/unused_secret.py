"""A secret that nothing reads: every run must be given it all the same."""

from collections.abc import Iterator

from slyflow.lint.subject import Subject
from slyflow.problem import Problem


def find(subject: Subject) -> Iterator[Problem]:
    """Yield the secrets that no expression reads."""
    pipeline = subject.pipeline
    for name, span in zip(pipeline.secrets, pipeline.secret_spans, strict=True):
        if ("secrets", name) not in subject.read:
            message = f'nothing reads the secret "{name}", and no run starts without it'
            hint = f"remove it, or read it as ${{{{ secrets.{name} }}}}"
            yield Problem(span, message, "unused-secret", hint=hint)
