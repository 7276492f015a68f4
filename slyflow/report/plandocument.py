"""The JSON document of `plan --json`, made from a forecast."""

from slyflow.graph.written import written
from slyflow.model.pipeline import AppAction, Timeout
from slyflow.model.value import Expression, Fields, Json
from slyflow.report.forecast import Effective, Forecast, Outlook


def plan_document(forecast: Forecast) -> dict[str, Json]:
    """Return what a run would do; values are as written, expressions in `${{ }}`."""
    pipeline = forecast.pipeline
    return {
        "pipeline": pipeline.name,
        "path": pipeline.path,
        "lock": forecast.lock,
        "params": {
            name: {"type": param.type, "required": param.required, "default": param.default}
            for name, param in pipeline.params.items()
        },
        "steps": {one.step.id: _step(one) for one in forecast.steps},
        "outputs": _fields(pipeline.outputs),
        "critical_path": {"steps": list(forecast.critical), "seconds": forecast.seconds},
    }


def _step(one: Outlook) -> dict[str, Json]:
    step, action = one.step, one.step.action
    common: dict[str, Json] = {
        "kind": "app" if isinstance(action, AppAction) else "values",
        "wave": None if step.is_final else one.wave,
        "needs": list(one.needs),
        "when": step.when.value,
        "if": None if step.condition is None else written(step.condition),
        "unknown": list(one.unknown),
        "timeout": _timeout(step.timeout),
        "seconds": one.seconds,
        "seconds_by": one.basis,
        "is_critical": one.is_critical,
    }
    if not isinstance(action, AppAction):
        return {**common, "values": _fields(action.values)}
    return {
        **common,
        "app": str(action.app),
        "locked": _locked(one),
        "target": _target(action.target),
        "arguments": None if one.arguments is None else {a.name: _argument(a) for a in one.arguments},
        "edges": [
            {
                "direction": edge.direction,
                "name": edge.name,
                "kind": edge.kind.value,
                "value": None if edge.value is None else written(edge.value),
            }
            for edge in one.edges
        ],
    }


def _locked(one: Outlook) -> Json:
    app = one.app
    if app is None:
        return None
    return {
        "slug": app.slug,
        "release": app.release,
        "is_branch": app.is_branch,
        "module_id": app.module_id,
        "config_sha256": app.config_sha256,
    }


def _argument(argument: Effective) -> Json:
    return {"value": written(argument.value), "from": argument.origin}


def _target(target: Fields | Expression | None) -> Json:
    if target is None:
        return None
    return written(target) if isinstance(target, Expression) else _fields(target)


def _fields(fields: Fields) -> Json:
    return {name: written(field.value) for name, field in fields.items()}


def _timeout(timeout: Timeout) -> Json:
    return {
        "queue": timeout.queue,
        "start": timeout.start,
        "run": timeout.run,
        "output": timeout.output,
        "silent": timeout.silent,
    }
