"""The pipeline to begin with when there is no app yet: it runs as it is, and explains itself."""

from collections.abc import Sequence

from slyflow.syntax.emit import comment

_TEXT = """\
slyflow: 1
description: Says what a pipeline of yours will do.

# Values that a run takes: slyflow run FILE -p project=42
params:
  project: {type: integer, default: 42, minimum: 1, description: The project to start from}
  share: {type: number, default: 0.8, minimum: 0, maximum: 1, description: Goes to training}

# What all app steps share.
# defaults:
#   workspace: team/workspace
#   timeout: {queue: 30m, run: 12h}
#   retry: {max: 2, kinds: [lost, queue_timeout]}

steps:
  # A step that computes; nothing is launched.
  plan:
    values:
      name: "training, ${{ run.id }}"
      percent: "${{ int(params.share * 100.0) }}"

  # A step that launches an app. `slyflow init OWNER/APP` writes one with all that the app takes.
  # split:
  #   app: {path: ./my-app}                # a folder with a config.json, or owner/app@v1.0.0
  #   target: {images_project: "${{ params.project }}"}
  #   arguments: {project_name: "${{ steps.plan.outputs.name }}"}
  #   outputs: {images: project}           # looked for when the session has ended

  # A step that reads another's output runs after it.
  summary:
    values:
      text: "${{ steps.plan.outputs.name }}: ${{ steps.plan.outputs.percent }} % of ${{ params.project }}"

# Runs when all steps have ended, whatever happened.
finally:
  verdict:
    values: {text: "${{ run.name }} ${{ run.status }}"}

# What the pipeline returns: slyflow run FILE --json
outputs:
  summary: "${{ steps.summary.outputs.text }}"
"""


def template(head: Sequence[str]) -> str:
    """Return the pipeline's text; `head` are the comments it begins with."""
    return "".join(f"{comment(line)}\n" for line in head) + _TEXT
