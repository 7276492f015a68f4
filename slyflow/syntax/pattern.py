"""Regular expressions from a user's file, matched in time linear in the text, so that none can hang a check.

The syntax is Python's without look-around, back-references and flags. An expression becomes a
nondeterministic automaton, and all its states are followed at once, as in RE2.
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_TEXT = 4_096
"""A string that has a pattern may have this many characters, so that the work stays bounded."""
_MOST_STATES = 1_000
_COUNTED = re.compile(r"\{(\d*)(?:(,)(\d*))?\}")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)", re.DOTALL)
_SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_GROUP = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")
_ASSERTIONS = ("^", "$", r"\A", r"\Z", r"\b", r"\B")


class PatternError(ValueError):
    """A regular expression that is malformed, or uses what cannot be matched in linear time."""


@dataclass(frozen=True, slots=True)
class _One:
    """Matches one character."""

    fits: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Assertion:
    kind: str


@dataclass(frozen=True, slots=True)
class _Chain:
    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, slots=True)
class _Choice:
    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, slots=True)
class _Repeat:
    part: "_Part"
    low: int
    high: int | None


_Part = _One | _Assertion | _Chain | _Choice | _Repeat


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return a function that says whether a text has the pattern in it; PatternError if it cannot be used."""
    try:
        with warnings.catch_warnings():
            # Python warns of sets that may mean something else one day; what they mean today is checked.
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)
            part = _Parser(pattern).whole()
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"this is no regular expression: {error}") from error
    return _Automaton(part).found_in


class _Parser:
    """Reads a pattern that Python accepts; the stack of open groups is explicit."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0

    def whole(self) -> _Part:
        # Each open group: its finished alternatives, and the parts of the alternative being read.
        groups: list[tuple[list[_Part], list[_Part]]] = [([], [])]
        while self._position < len(self._pattern):
            alternatives, parts = groups[-1]
            character = self._pattern[self._position]
            if character == "|":
                alternatives.append(_Chain(tuple(parts)))
                parts.clear()
                self._position += 1
            elif character == "(":
                self._open()
                groups.append(([], []))
            elif character == ")":
                self._position += 1
                groups.pop()
                groups[-1][1].append(self._repeated(_choice(alternatives, parts)))
            else:
                parts.append(self._repeated(self._atom(character)))
        return _choice(*groups[0])

    def _open(self) -> None:
        found = _GROUP.match(self._pattern, self._position)
        if found is None:
            raise PatternError("look-around, flags and other (?…) forms are not known in this pattern")
        self._position = found.end()

    def _atom(self, character: str) -> _Part:
        text = character
        if character == "\\":
            text = self._taken(_ESCAPE)
        elif character == "[":
            text = self._taken(_SET)
        else:
            self._position += 1
        if text in _ASSERTIONS:
            return _Assertion(text)
        if len(text) == 2 and text[0] == "\\" and text[1].isdigit():
            raise PatternError("references to groups and octal escapes are not known in this pattern")
        if len(text) == 1 and text != ".":
            return _One(text.__eq__)
        return _One(re.compile(text).fullmatch)

    def _taken(self, token: re.Pattern[str]) -> str:
        found = token.match(self._pattern, self._position)
        assert found is not None
        self._position = found.end()
        return found[0]

    def _repeated(self, part: _Part) -> _Part:
        bounds = self._bounds()
        if bounds is None:
            return part
        following = self._pattern[self._position : self._position + 1]
        if following == "+":
            raise PatternError("possessive repetition (such as *+) is not known in this pattern")
        # Lazy or greedy makes no difference to whether there is a match.
        self._position += following == "?"
        return _Repeat(part, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(
            self._pattern[self._position : self._position + 1]
        )
        if simple:
            self._position += 1
            return simple
        counted = _COUNTED.match(self._pattern, self._position)
        if counted is None or counted[0] == "{}":
            return None
        self._position = counted.end()
        low = int(counted[1] or 0)
        if counted[2] is None:
            return low, low
        return low, int(counted[3]) if counted[3] else None


def _choice(alternatives: list[_Part], parts: list[_Part]) -> _Part:
    last = _Chain(tuple(parts))
    return _Choice((*alternatives, last)) if alternatives else last


_Step = _One | _Assertion | None
"""What a state asks for before it goes on; None for nothing."""


class _Automaton:
    """States are numbers; each asks for one thing and leads to others. State 0 is the match."""

    def __init__(self, part: _Part) -> None:
        self._steps: list[_Step] = [None]
        self._next: list[tuple[int, ...]] = [()]
        self._start = self._add(part, 0)

    def found_in(self, text: str) -> bool:
        """Say whether the pattern is found anywhere in a text."""
        current: set[int] = set()
        for position in range(len(text) + 1):
            reached = self._reached({*current, self._start}, text, position)
            if 0 in reached:
                return True
            if position < len(text):
                current = self._after(reached, text[position])
        return False

    def _after(self, states: set[int], character: str) -> set[int]:
        following: set[int] = set()
        for state in states:
            step = self._steps[state]
            if isinstance(step, _One) and step.fits(character):
                following.update(self._next[state])
        return following

    def _reached(self, states: set[int], text: str, position: int) -> set[int]:
        """Return the states reached without taking a character."""
        reached: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in reached:
                continue
            reached.add(state)
            step = self._steps[state]
            if step is None or (isinstance(step, _Assertion) and _holds(step.kind, text, position)):
                waiting.extend(self._next[state])
        return reached

    def _new(self, step: _Step, *following: int) -> int:
        if len(self._steps) >= _MOST_STATES:
            raise PatternError("this pattern is too large when its repetitions are written out")
        self._steps.append(step)
        self._next.append(following)
        return len(self._steps) - 1

    def _add(self, part: _Part, following: int) -> int:
        """Return the state that begins `part` and goes on to `following`."""
        match part:
            case _One() | _Assertion():
                return self._new(part, following)
            case _Chain():
                for inner in reversed(part.parts):
                    following = self._add(inner, following)
                return following
            case _Choice():
                return self._new(None, *(self._add(inner, following) for inner in part.parts))
            case _Repeat():
                return self._repeat(part, following)

    def _repeat(self, repeat: _Repeat, following: int) -> int:
        if repeat.high is None:
            loop = self._new(None, following)
            self._next[loop] = (self._add(repeat.part, loop), following)
            following = loop
        else:
            end = following
            for _ in range(repeat.high - repeat.low):
                following = self._new(None, self._add(repeat.part, following), end)
        for _ in range(repeat.low):
            following = self._add(repeat.part, following)
        return following


def _holds(kind: str, text: str, position: int) -> bool:
    match kind:
        case "^" | r"\A":
            return position == 0
        case "$":
            return position == len(text) or (position == len(text) - 1 and text[position] == "\n")
        case r"\Z":
            return position == len(text)
        case _:
            before, after = _is_word(text[position - 1 : position]), _is_word(text[position : position + 1])
            return (before != after) == (kind == r"\b")


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
