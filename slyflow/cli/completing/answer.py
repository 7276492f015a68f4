"""`slyflow __complete SHELL …`: what the shell's script asks for, one offer a line; never a message."""

from collections.abc import Sequence

from slyflow.cli.completing.completer import complete
from slyflow.cli.completing.offer import Offer
from slyflow.cli.completing.quoting import for_bash, split
from slyflow.cli.context import Context
from slyflow.errors import UsageError


def answer(words: Sequence[str], context: Context) -> int:
    """Print the offers and return 0.

    bash gives the command as typed, the line up to the cursor, and its word breaks, as its own words are
    cut at `=`; the other shells give the words after the command, the one at the cursor last. To these
    a tab and a description follow the offer.
    """
    match words:
        case ["bash", command, line, breaks]:
            lines = _bash(command, line, breaks, context)
        case ["zsh" | "fish", *before, current]:
            lines = [_described(offer) for offer in complete(before, current, context)]
        case _:
            raise UsageError("this is for the scripts that `slyflow completion` prints")
    if lines:
        context.console.text("\n".join(lines))
    return 0


def _bash(command: str, line: str, breaks: str, context: Context) -> list[str]:
    typed = split(line)
    raw = [word.raw for word in typed[:-1]]
    start = raw.index(command) + 1 if command in raw else 1
    *before, current = typed[start:] or typed[-1:]
    offers = complete([word.meant for word in before], current.meant, context)
    return list(for_bash(offers, current, breaks))


def _described(offer: Offer) -> str:
    text = " ".join(offer.help.split())
    return f"{offer.word}\t{text}" if text else offer.word
