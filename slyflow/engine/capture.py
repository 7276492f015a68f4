"""A user's regular expression over a log, in a process of its own: no pattern can hang the run."""

import json
import subprocess
import sys
from collections.abc import Iterable

SECONDS = 10
# Nested quantifiers take Python's engine exponential time, and it keeps every thread waiting meanwhile.
_CHILD = f"""
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
task = json.load(sys.stdin)
pattern = re.compile(task["pattern"])
matches = filter(None, map(pattern.search, task["lines"]))
groups = (match[1] if pattern.groups else match[0] for match in matches)
json.dump(next(groups, None), sys.stdout)
"""


class TooSlow(Exception):
    """The pattern did not come to an end in time."""


def first_group(pattern: str, lines: Iterable[str]) -> str | None:
    """Return the first group of the first line in which the pattern is found, None when there is none.

    TooSlow when that takes more than ten seconds.
    """
    task = json.dumps({"pattern": pattern, "lines": list(lines)})
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _CHILD],
            input=task,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise TooSlow from error
    found: str | None = json.loads(child.stdout)
    return found
