"""Problems of every sort for the tests of the forms in which they are told."""

from slyflow.problem import Problem, Related, Span

FIRST = Related(Span("a.yaml", 1, 1, 1, 2), "first here")
HOSTILE = Span("../e, %\x1b[2J:\n::error::vil\udcff.yaml", 2, 3, 4, 5)
PROBLEMS = [
    Problem(
        HOSTILE, "a %0A\r\n::set-env name=x::<b>]]>&\x00\x1b[31m\ufffe", "wrong-value", "do\nthis & <that>"
    ),
    Problem(Span("/abs/ü b.yaml", 1, 1, 1, 1), "invisible", "invisible-character"),
    Problem(Span("a.yaml", 2, 1, 2, 2), "the key stands twice", "duplicate-key", related=(FIRST,)),
    Problem(Span("a.yaml", 3, 5, 3, 10), 'unknown key "value"', "unknown-key", suggestion="values"),
    Problem(Span("a.yaml", 4, 5, 4, 10), 'unknown key "x"', "unknown-key"),
]
FILES = [HOSTILE.file, "/abs/ü b.yaml", "a.yaml", "good.yaml"]
