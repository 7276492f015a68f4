"""The pipelines that are killed, and what the instance must hold in the end, however often."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """The steps, each launched once, and how many edges stand, each once."""

    steps: tuple[str, ...]
    edges: int


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
PIPELINES = {
    "chain": (_CHAIN, Expected(("first", "second", "third"), 4)),
    "diamond": (_DIAMOND, Expected(("top", "left", "right", "bottom"), 3)),
    "fan": (_FAN, Expected(tuple(f"s{number}" for number in range(20)), 0)),
}
