"""A pipeline that uses every part of the language that is supported."""

EVERYTHING = """
slyflow: 1
name: lemons
description: Import new lemons and train.

params:
  folder: {type: string, pattern: "^/", description: Team Files folder with the new images}
  min_map: {type: number, default: 0.55, minimum: 0, maximum: 1}
  sizes: {type: array, items: {type: integer, minimum: 1}, min_items: 1, max_items: 3, default: [256]}
  options:
    type: object
    properties: {mode: {type: string, enum: [fast, good]}}
    required: [mode]
    default: {mode: fast}
secrets: [SLACK_URL]

defaults:
  workspace: cv/lemons
  agent: any
  timeout: {queue: 30m, run: 12h}
  retry: {max: 2, kinds: [lost, queue_timeout], delay: 1m, factor: 2, cap: 15m}
  log_level: debug
  restart_policy: on_error
  kubernetes: {limit_gpus: 1, use_health_check: true}
  workflow: required

concurrency: {max_sessions: 4}

steps:
  fetch:
    app: supervisely-ecosystem/import-images@v2.6.0
    target: {files_folder: "${{ params.folder }}"}
    arguments:
      project_name: "lemons-${{ run.id }}"
      remove_source: false
      nested: {list: [1, "${{ params.min_map }}", {deep: null}]}
    outputs: {images: project}
    node:
      title: Import
      description: New lemons
      icon: cloud-upload
      icon_color: "#ffffff"
      icon_bg_color: "#2196f3"

  train:
    description: Trains on what was fetched.
    app: {slug: supervisely-ecosystem/yolo/supervisely_integration/train, version: v1.0.30}
    needs: [fetch]
    if: "${{ params.min_map < 1.0 }}"
    when: no_failure
    target: {images_project: "${{ steps.fetch.outputs.images }}"}
    arguments: "${{ {'size': params.sizes[0]} }}"
    merge_defaults: false
    title: "Train ${{ run.name }}"
    workspace: 7
    agent: gpu-1
    user: 3
    multi_user: true
    log_level: info
    timeout: 2h
    retry: {max: 1}
    kubernetes: {limit_gpus: 2}
    limit_by_workspace: true
    accept_status: [finished, stopped]
    launch: at_most_once
    allow_failure: true
    inputs:
      images: {project: "${{ steps.fetch.outputs.images }}", version_num: 3}
      extra: {file: /data/extra.txt, card: {title: Extra, url: /files, url_title: Open}}
    outputs:
      weights:
        model_weight: {path: "/experiments/*/${{ session.id }}_*/checkpoints/best*"}
        card: {title: Best}
      map: {value: "${{ task.meta.output.experiment.mAP }}", type: number}
      classes: {value: {state: data.classes}, type: array, items: string, optional: true}
      epochs: {value: {log: "epoch ([0-9]+)"}}
      report: {value: {file: "/report/${{ session.id }}.yaml", as: yaml}}
      made: {project: created}
      found: {dataset: {name: train, project: 4}}
      archive: {file: task}
      logs: {folder: {path: /logs/*}}
      known: {file: "/x/${{ run.id }}"}
      me: {app_session: self}
    success_when: "${{ outputs.map > 0 }}"
    workflow: "off"

  local: {app: {path: ./apps/resize}}
  named: {app: {name: Export to COCO}, agent: 12, inputs: {}}
  module: {app: {module_id: 81, branch: main}}

  best:
    values:
      weights: "${{ steps.train.outputs.weights }}"
      list: [1, "${{ params.min_map }}"]

finally:
  verdict:
    values: {text: "${{ run.status }}"}

outputs:
  weights: "${{ steps.best.outputs.weights }}"
"""
