"""A source with its names cut out, so that other names can stand in for them."""

from collections.abc import Sequence

from slyflow.record import record
from slyflow.syntax.expression.scanner import Reference


@record(frozen=True)
class Hollow:
    """A source with its names cut out: the texts around them, and where each text starts in the source."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]

    def filled(self, names: Sequence[str]) -> str:
        """Return the source with these names instead."""
        return "".join(piece for pair in zip(self.texts, [*names, ""], strict=True) for piece in pair)

    def origin(self, offset: int, names: Sequence[str]) -> int:
        """Return where in the source a place of the filled text comes from; a name stands for its start."""
        at = 0
        for index, text in enumerate(self.texts):
            if offset < at + len(text) or index == len(names):
                return self.starts[index] + max(offset - at, 0)
            at += len(text) + len(names[index])
            if offset < at:
                return self.starts[index] + len(text)
        raise AssertionError("the last text takes every offset")


def cut(source: str, references: Sequence[Reference], lengths: Sequence[int]) -> Hollow:
    """Cut the first `lengths[N]` segments of reference N out of its source."""
    texts, starts, at = [], [], 0
    for reference, length in zip(references, lengths, strict=True):
        texts.append(source[at : reference.start])
        starts.append(at)
        at = reference.ends[length - 1]
    return Hollow((*texts, source[at:]), (*starts, at))
