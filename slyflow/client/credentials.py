"""Where the address and the token come from: the environment, or a private file in the home directory."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from slyflow.client.address import check_address, check_token
from slyflow.errors import UsageError
from slyflow.record import record
from slyflow.secret import Secret

FILE_NAME = "supervisely.env"
FILE_LIMIT = 65536
ADDRESS, TOKEN = "SERVER_ADDRESS", "API_TOKEN"
_KEYS = (ADDRESS, TOKEN)


@record(frozen=True)
class Credentials:
    """A checked address and a token; `source` says where they were found."""

    url: str
    token: Secret
    source: str


def find_credentials(environ: Mapping[str, str], home: Path | None) -> Credentials | None:
    """Return the credentials of the environment, else of `supervisely.env` in `home`, else None.

    UsageError when only one of the two is set, when either is malformed, and when others may read the file.
    """
    found = _pair(environ, "the environment")
    if found is not None or home is None:
        return found
    path = home / FILE_NAME
    text = _private_text(path)
    if text is None:
        return None
    found = _pair(dict(_variables(text)), str(path))
    if found is None:
        raise UsageError(
            f"{path} sets neither {ADDRESS} nor {TOKEN}", hint="add both lines, or remove the file"
        )
    return found


def _pair(values: Mapping[str, str], source: str) -> Credentials | None:
    set_keys = [key for key in _KEYS if values.get(key)]
    if not set_keys:
        return None
    if len(set_keys) == 1:
        missing = next(key for key in _KEYS if key not in set_keys)
        raise UsageError(
            f"{source} sets {set_keys[0]} but not {missing}",
            hint=f"set {missing} too, or neither for the embedded instance",
        )
    token = Secret(values[TOKEN])
    check_token(token)
    return Credentials(check_address(values[ADDRESS]), token, source)


def _private_text(path: Path) -> str | None:
    """Return the file's text, None when there is no such file; refuse one that others may read or swap."""
    try:
        # Not following a link, and not waiting for the other end of a pipe.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be used: {error.strerror}", hint="it must be a regular file"
        ) from error
    try:
        _check_private(path, os.fstat(opened))
        content = os.read(opened, FILE_LIMIT + 1)
    finally:
        os.close(opened)
    if len(content) > FILE_LIMIT:
        raise UsageError(f"{path} is larger than {FILE_LIMIT} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text") from error


def _check_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is not a regular file")
    if status.st_uid != os.getuid():
        raise UsageError(f"{path} belongs to another user", hint="make a file of your own")
    if status.st_mode & 0o077:
        raise UsageError(f"other users may read {path}, and it holds a token", hint=f"run: chmod 600 {path}")


def _variables(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of `NAME=value` lines; `export`, quotes and comments are understood."""
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue
        yield name.strip(), _unquoted(value.strip())


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"') and value.find(value[0], 1) > 0:
        return value[1 : value.index(value[0], 1)]
    return value.split(" #", 1)[0].rstrip()
