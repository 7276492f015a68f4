"""One thing that a shell may offer."""

from slyflow.record import record

# More goes on after these without a space.
_OPEN = ("/", "=")


@record(frozen=True)
class Offer:
    """A whole word to stand at the cursor, and what it means."""

    word: str
    help: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the word goes on after what is offered."""
        return self.word.endswith(_OPEN)

    @property
    def is_safe(self) -> bool:
        """Whether shells can take the word: one line, nothing that moves the cursor."""
        return self.word.isprintable()
