"""Errors in the world (problems in the user's file are `problem.Problem` values).

SlyflowError                exit 1
├── UsageError              2   the command line, a setting or a pipeline file is wrong
├── ExpressionError         1   an expression failed when it was evaluated
├── AuthError               4   the instance refused the token
├── InstanceError               an answer of the instance
│   ├── Unavailable         5   it could not be reached, or only failed, for too long
│   │   ├── NotSent         5   no byte of the request left this machine
│   │   └── Gone            5   it ran on this machine, and its process has ended
│   ├── Rejected            1   it refused the request (4xx)
│   │   └── NotFound        1   404: there is no such thing, or this token may not see it
│   ├── BadReply            5   the answer was not what the API promises
│   └── Unsupported         1   this instance cannot do that
├── NeedsHuman              3   what the instance shows is ambiguous: a person must say what is right
├── Locked                  6   another process drives this run or owns this home
└── StoreError              7   the journal or the home could not be read or written
"""

from typing import ClassVar


class SlyflowError(Exception):
    """The root of all errors slyflow raises on purpose; `hint` says what to do next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")  # for programs: the command line prints it its own way


class UsageError(SlyflowError):
    """The command line, a setting or a pipeline file is wrong."""

    exit_code = 2


class ExpressionError(SlyflowError):
    """An expression failed when it was evaluated; the message names its place."""


class AuthError(SlyflowError):
    """The instance refused the token (401, 403)."""

    exit_code = 4


class InstanceError(SlyflowError):
    """Something between us and the instance, or its answer, is wrong."""


class Unavailable(InstanceError):
    """The instance could not be reached, or kept failing; whether the request arrived is not known."""

    exit_code = 5

    def __init__(self, message: str, *, hint: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class NotSent(Unavailable):
    """The request never left this machine (name lookup, connect or TLS failed), or 429 refused it."""


class Gone(Unavailable):
    """The embedded instance has ended; whether the request arrived before is not known."""


class Rejected(InstanceError):
    """The instance understood the request and refused it (4xx)."""

    def __init__(self, message: str, *, status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class NotFound(Rejected):
    """There is no such thing on the instance, or this token may not see it."""


class BadReply(InstanceError):
    """The answer was not what the API promises (not JSON, wrong shape, too large, a redirect)."""

    exit_code = 5


class Unsupported(InstanceError):
    """This instance cannot do that (too old, or not embedded)."""


class NeedsHuman(SlyflowError):
    """What the instance shows is ambiguous, and guessing could launch something twice."""

    exit_code = 3


class Locked(SlyflowError):
    """Another process drives this run or owns this home."""

    exit_code = 6


class StoreError(SlyflowError):
    """The journal or the home could not be read or written (disk full, corrupt, newer schema)."""

    exit_code = 7
