"""Pipelines as they are parsed from sound documents."""

import pytest

from slyflow.model.artifact import Kind
from slyflow.model.outputsource import (
    AnySource,
    ContentSource,
    CreatedSource,
    ExpressionSource,
    KnownSource,
    LogSource,
    NameSource,
    PathSource,
    SelfSource,
    StateSource,
    TaskSource,
)
from slyflow.model.pipeline import (
    AgentRef,
    AppAction,
    FailureKind,
    Pipeline,
    Retry,
    Timeout,
    ValuesAction,
    When,
    WorkspaceRef,
)
from slyflow.model.value import Expression, FromFile, Template
from slyflow.syntax.load import load_source
from slyflow.syntax.parse import default_name
from tests.syntax.pipelines import EVERYTHING


def parsed(text: str, files: dict[str, str] | None = None) -> Pipeline:
    loaded = load_source(text, "f.yaml", files or {})
    assert loaded.pipeline is not None, loaded.problems
    return loaded.pipeline


def app_step(keys: str) -> AppAction:
    body = "\n".join(f"    {line}" for line in keys.splitlines())
    action = parsed(f"slyflow: 1\nsteps:\n  a:\n    app: acme/resize\n{body}\n").steps["a"].action
    assert isinstance(action, AppAction)
    return action


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return parsed(EVERYTHING)


@pytest.fixture(scope="module")
def train(pipeline: Pipeline) -> AppAction:
    action = pipeline.steps["train"].action
    assert isinstance(action, AppAction)
    return action


def test_file_is_told_whole(pipeline: Pipeline) -> None:
    assert (pipeline.name, pipeline.path, pipeline.max_sessions) == ("lemons", "f.yaml", 4)
    assert pipeline.secrets == ("SLACK_URL",)
    assert list(pipeline.steps) == ["fetch", "train", "local", "named", "module", "best"]
    assert list(pipeline.final_steps) == ["verdict"]
    assert isinstance(pipeline.outputs["weights"].value, Expression)


def test_step_is_told_whole(pipeline: Pipeline) -> None:
    step = pipeline.steps["train"]
    assert [need.id for need in step.needs] == ["fetch"]
    assert step.when is When.NO_FAILURE
    assert step.condition == Expression("params.min_map < 1.0", step.span)
    assert (step.allow_failure, step.is_final) == (True, False)
    assert step.description == "Trains on what was fetched."


def test_final_step_runs_always_unless_it_says_otherwise() -> None:
    text = "slyflow: 1\nsteps: {a: {values: {x: 1}}}\nfinally:\n"
    pipeline = parsed(text + "  b: {values: {x: 1}}\n  c: {values: {x: 1}, when: failure}\n")
    assert pipeline.final_steps["b"].when is When.ALWAYS
    assert pipeline.final_steps["b"].is_final
    assert pipeline.final_steps["c"].when is When.FAILURE
    assert pipeline.steps["a"].when is When.SUCCESS


def test_defaults_are_taken_where_a_step_is_silent(pipeline: Pipeline) -> None:
    fetch = pipeline.steps["fetch"]
    assert isinstance(fetch.action, AppAction)
    assert fetch.action.workspace == WorkspaceRef(team="cv", name="lemons")
    assert fetch.action.agent == AgentRef()
    assert fetch.timeout == Timeout(queue=1800.0, run=43200.0)
    kinds = (FailureKind.LOST, FailureKind.QUEUE_TIMEOUT)
    assert fetch.retry == Retry(max=2, kinds=kinds, delay=60.0, factor=2.0, cap=900.0)
    assert (fetch.action.log_level, fetch.action.restart_policy) == ("debug", "on_error")
    assert fetch.action.workflow == "required"


def test_own_keys_win_and_maps_merge_one_level_deep(pipeline: Pipeline, train: AppAction) -> None:
    step = pipeline.steps["train"]
    assert step.timeout == Timeout(queue=1800.0, run=7200.0)
    assert (step.retry.max, step.retry.cap) == (1, 900.0)
    assert train.kubernetes == {"limit_gpus": 2, "use_health_check": True}
    assert (train.workspace, train.agent) == (WorkspaceRef(id=7), AgentRef(name="gpu-1"))
    assert (train.log_level, train.workflow) == ("info", "off")


def test_lists_of_defaults_are_replaced() -> None:
    text = "slyflow: 1\ndefaults: {retry: {kinds: [lost, error]}}\nsteps:\n"
    assert parsed(text + "  a: {app: a/b, retry: {kinds: [stalled]}}\n").steps["a"].retry.kinds == (
        FailureKind.STALLED,
    )


def test_steps_of_values_take_no_defaults(pipeline: Pipeline) -> None:
    best = pipeline.steps["best"]
    assert isinstance(best.action, ValuesAction)
    assert list(best.action.values) == ["weights", "list"]
    assert (best.timeout, best.retry) == (Timeout(), Retry())


def test_outputs_tell_where_to_look(train: AppAction) -> None:
    sources = {name: output.source for name, output in train.outputs.items()}
    assert isinstance(sources["weights"], PathSource)
    assert isinstance(sources["map"], ExpressionSource)
    assert sources["classes"] == StateSource("data.classes")
    assert sources["epochs"] == LogSource("epoch ([0-9]+)")
    assert isinstance(sources["report"], ContentSource)
    assert sources["report"].form == "yaml"
    assert sources["made"] == CreatedSource(Kind.PROJECT)
    assert sources["found"] == NameSource(Kind.DATASET, "train", 4)
    assert sources["archive"] == TaskSource(Kind.FILE)
    assert isinstance(sources["known"], KnownSource)
    assert sources["me"] == SelfSource(Kind.APP_SESSION)
    classes = train.outputs["classes"]
    assert (classes.type, classes.items, classes.optional) == ("array", "string", True)


def test_bare_kind_is_looked_for_anywhere() -> None:
    assert app_step("outputs: {x: model_weight}").outputs["x"].source == AnySource(Kind.MODEL_WEIGHT)


def test_content_is_json_unless_said_otherwise() -> None:
    source = app_step("outputs: {x: {value: {file: /a.json}}}").outputs["x"].source
    assert source == ContentSource("/a.json", "json")


def test_inputs_tell_kinds_and_cards(train: AppAction) -> None:
    assert train.inputs is not None
    images, extra = train.inputs["images"], train.inputs["extra"]
    assert (images.kind, images.version_num) == (Kind.PROJECT, 3)
    assert (extra.kind, extra.value) == (Kind.FILE, "/data/extra.txt")
    assert extra.card is not None
    assert (extra.card.url, extra.card.url_title) == ("/files", "Open")


def test_no_inputs_and_silence_are_different(pipeline: Pipeline) -> None:
    silent, none = pipeline.steps["local"].action, pipeline.steps["named"].action
    assert isinstance(silent, AppAction)
    assert isinstance(none, AppAction)
    assert silent.inputs is None
    assert none.inputs == {}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("acme/resize", ("acme/resize", None, None, None, None, None)),
        ("acme/tools/sub/app@v1.0.3", ("acme/tools/sub/app", "v1.0.3", None, None, None, None)),
        ("{slug: acme/resize, version: v2}", ("acme/resize", "v2", None, None, None, None)),
        ("{slug: acme/resize, branch: my/branch}", ("acme/resize", None, "my/branch", None, None, None)),
        ("{module_id: 8.0}", (None, None, None, 8, None, None)),
        ("{name: Export to COCO}", (None, None, None, None, "Export to COCO", None)),
        ("{path: ./apps/resize}", (None, None, None, None, None, "./apps/resize")),
    ],
)
def test_apps_are_named_in_every_form(written: str, expected: tuple[object, ...]) -> None:
    action = parsed(f"slyflow: 1\nsteps: {{a: {{app: {written}}}}}").steps["a"].action
    assert isinstance(action, AppAction)
    app = action.app
    assert (app.slug, app.version, app.branch, app.module_id, app.name, app.path) == expected


def test_arguments_keep_types_and_places() -> None:
    arguments = app_step('arguments:\n  a: [1, "x ${{ b }}", null]\n  c: {d: "${{ e }}"}').arguments
    assert isinstance(arguments, dict)
    one, template, null = arguments["a"].value
    assert (one, null) == (1, None)
    assert isinstance(template, Template)
    assert arguments["c"].value["d"].source == "e"
    assert (arguments["c"].key_span.line, arguments["c"].key_span.column) == (7, 7)
    assert arguments["c"].span.column == 10


def test_arguments_and_target_may_be_one_expression() -> None:
    action = app_step('arguments: "${{ {} }}"\ntarget: "${{ {} }}"')
    assert isinstance(action.arguments, Expression)
    assert isinstance(action.target, Expression)


def test_included_files_stand_anywhere_in_arguments_and_nowhere_else() -> None:
    loaded = load_source(
        "slyflow: 1\nsteps:\n  a:\n    app: a/b\n"
        "    arguments: {x: [{from_file: h.yaml, as: yaml}, {from_file: t.txt}]}\n"
        "  b: {values: {x: {from_file: none.txt}}}\n",
        "f.yaml",
        {"h.yaml": "a: 1", "t.txt": "${{ not scanned }}"},
    )
    assert loaded.pipeline is not None
    assert loaded.files == {"h.yaml": "a: 1", "t.txt": "${{ not scanned }}"}
    action = loaded.pipeline.steps["a"].action
    assert isinstance(action, AppAction)
    assert isinstance(action.arguments, dict)
    hyper, text = action.arguments["x"].value
    assert isinstance(hyper, FromFile)
    assert (hyper.path, hyper.form, text.form) == ("h.yaml", "yaml", "text")
    values = loaded.pipeline.steps["b"].action
    assert isinstance(values, ValuesAction)
    assert values.values["x"].value == {"from_file": "none.txt"}


def test_needs_may_be_a_single_step() -> None:
    text = "slyflow: 1\nsteps: {a: {values: {x: 1}}, b: {values: {x: 1}, needs: a}}"
    assert [need.id for need in parsed(text).steps["b"].needs] == ["a"]


def test_whole_floats_are_whole_numbers() -> None:
    text = "slyflow: 1\nconcurrency: {max_sessions: 2.0}\nsteps: {a: {app: a/b, retry: {max: 1.0}}}"
    pipeline = parsed(text)
    assert type(pipeline.max_sessions) is int
    assert type(pipeline.steps["a"].retry.max) is int


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("lemons.yaml", "lemons"),
        ("a/b/My-Pipeline.v2.yaml", "my_pipeline"),
        ("2024.yaml", "p_2024"),
        (".yaml", "pipeline"),
        ("檸檬.yaml", "pipeline"),
        ("x" * 99 + ".yaml", "x" * 63),
    ],
)
def test_file_gives_the_name_when_there_is_none(path: str, name: str) -> None:
    assert default_name(path) == name
    loaded = load_source("slyflow: 1\nsteps: {a: {values: {x: 1}}}", path, {})
    assert loaded.pipeline is not None
    assert loaded.pipeline.name == name
