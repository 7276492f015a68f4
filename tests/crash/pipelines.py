"""The pipelines that are killed, and what the instance must hold in the end, however often."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """The sessions by step, how many edges stand, each once, and how many sessions fail."""

    steps: tuple[str, ...]
    edges: int
    failures: int = 0

    @property
    def ends(self) -> tuple[str, ...]:
        """The steps, each of which ends once."""
        return tuple(dict.fromkeys(self.steps))


_CHAIN = """
    steps:
      first:
        app: {path: ./apps/obey}
        arguments: {file: "/${{ run.id }}/one.txt"}
        outputs: {made: file}
        workflow: required
      second:
        app: {path: ./apps/obey}
        arguments: {file: "/${{ run.id }}/two.txt"}
        inputs: {given: {file: "${{ steps.first.outputs.made }}"}}
        outputs: {made: {file: task}}
        workflow: required
      third:
        app: {path: ./apps/obey}
        inputs: {given: {file: "${{ steps.second.outputs.made }}"}}
        workflow: required
    outputs: {made: "${{ steps.second.outputs.made }}"}
    """
_DIAMOND = """
    steps:
      top: {app: {path: ./apps/obey}, arguments: {file: "/${{ run.id }}/top.txt"}, outputs: {made: file}}
      left: {app: {path: ./apps/obey}, inputs: {given: {file: "${{ steps.top.outputs.made }}"}}}
      right: {app: {path: ./apps/obey}, inputs: {given: {file: "${{ steps.top.outputs.made }}"}}}
      bottom: {app: {path: ./apps/obey}, needs: [left, right]}
    """
_FAN = "    steps:\n" + "".join(f"      s{number}: {{app: {{path: ./apps/obey}}}}\n" for number in range(20))
_RETRY = """
    steps:
      flaky:
        app: {path: ./apps/obey}
        arguments: {count_in: "FOLDER/${{ run.id }}", succeed_after: 2}
        retry: {max: 2, delay: 0s}
      after: {app: {path: ./apps/obey}, needs: [flaky]}
    """
# It is stopped; nothing else ends it.
WAITING = """
    steps:
      slow: {app: {path: ./apps/obey}, arguments: {wait_for: /nowhere/go}}
      after: {app: {path: ./apps/obey}, needs: [slow]}
    """
PIPELINES = {
    "chain": (_CHAIN, Expected(("first", "second", "third"), 4)),
    "diamond": (_DIAMOND, Expected(("top", "left", "right", "bottom"), 3)),
    "retry": (_RETRY, Expected(("flaky", "flaky", "after"), 0, failures=1)),
    "fan": (_FAN, Expected(tuple(f"s{number}" for number in range(20)), 0)),
}
