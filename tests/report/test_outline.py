"""An outline shows a pipeline as it was written, in the order in which it would run."""

from slyflow.catalog.lock import Lock
from slyflow.graph.dag import from_needs
from slyflow.graph.written import written
from slyflow.model.artifact import Kind
from slyflow.model.outputsource import (
    AnySource,
    ContentSource,
    CreatedSource,
    ExpressionSource,
    KnownSource,
    LogSource,
    NameSource,
    OutputSource,
    PathSource,
    SelfSource,
    StateSource,
    TaskSource,
)
from slyflow.model.pipeline import (
    AppAction,
    AppRef,
    FailureKind,
    InputSpec,
    OutputSpec,
    Param,
    Pipeline,
    Retry,
    Step,
    Timeout,
    ValuesAction,
    When,
)
from slyflow.model.value import Dynamic, Expression, Field, FromFile, Template
from slyflow.problem import Span
from slyflow.report.forecast import forecast
from slyflow.report.line import draw
from slyflow.report.outline import outline

SPAN = Span("p.yaml", 1, 1, 1, 1)


def _expression(source: str) -> Expression:
    return Expression(source, SPAN)


def _field(value: Dynamic) -> Field:
    return Field(value, SPAN, SPAN, lambda span: span)


def _output(source: OutputSource, kind: Kind = Kind.VALUE, *, optional: bool = False) -> OutputSpec:
    return OutputSpec("x", kind, source, optional=optional, span=SPAN)


def _app(name: str, action: AppAction | None = None) -> Step:
    return Step(name, action or AppAction(AppRef(slug=f"local/{name}", version="v1", span=SPAN)), span=SPAN)


def _lines(pipeline: Pipeline, needs: dict[str, tuple[str, ...]], lock: Lock | None = None) -> list[str]:
    return [
        draw(line, color=False).rstrip() for line in outline(forecast(pipeline, from_needs(needs), lock, {}))
    ]


def test_a_pipeline_is_outlined_from_params_to_outputs() -> None:
    fetch = AppAction(
        AppRef(slug="local/fetch", version="v1", span=SPAN),
        target={"files_folder": _field(_expression(" params.folder "))},
        arguments={
            "project_name": _field(Template(("lemons-", _expression("run.id")), SPAN)),
            "n": _field(2),
        },
        outputs={"images": OutputSpec("images", Kind.PROJECT, AnySource(Kind.PROJECT), span=SPAN)},
    )
    pipeline = Pipeline(
        "lemons",
        "p.yaml",
        {
            "fetch": Step("fetch", fetch, description="New ones", timeout=Timeout(run=60.0), span=SPAN),
            "best": Step(
                "best",
                ValuesAction({"id": _field(_expression("steps.fetch.outputs.images"))}),
                condition=_expression("params.min > 0"),
                span=SPAN,
            ),
        },
        final_steps={"tell": Step("tell", _app("tell").action, when=When.FAILURE, is_final=True, span=SPAN)},
        params={
            "folder": Param("folder", "string", {}, required=True, description="Where", span=SPAN),
            "min": Param("min", "number", {}, required=False, default=0.5, span=SPAN),
        },
        secrets=("TOKEN",),
        outputs={"best": _field(_expression("steps.best.outputs.id"))},
        description="Import lemons.",
    )
    assert _lines(pipeline, {"fetch": (), "best": ("fetch",), "tell": ()}) == [
        "lemons  Import lemons.",
        "",
        "params",
        "  folder  string  required     Where",
        "  min     number  default 0.5",
        "",
        "secrets",
        "  TOKEN",
        "",
        "wave 1  1 step",
        "  fetch  local/fetch@v1  not locked: its defaults are not known",
        "    New ones",
        "    target",
        "      files_folder  ${{ params.folder }}",
        "    arguments",
        "      project_name  lemons-${{ run.id }}  expression",
        "      n             2                     given",
        "    output  images: project, from the task, or made by the session",
        "    workflow input  files_folder: folder ${{ params.folder }}",
        "    workflow output  images: project",
        "    timeout  run 1m 00s",
        "    known at run time  params.folder, run.id",
        "",
        "wave 2  1 step",
        "  best  values",
        "    after  fetch",
        "    if  ${{ params.min > 0 }}",
        "    id  ${{ steps.fetch.outputs.images }}",
        "    known at run time  steps.fetch.outputs.images",
        "",
        "finally  1 step",
        "  tell  local/tell@v1  not locked: its defaults are not known",
        "    when  failure",
        "",
        "outputs",
        "  best  ${{ steps.best.outputs.id }}",
        "",
        "critical path  fetch → best → tell  about 1m 00s, by the limit of fetch, without tell",
    ]


def test_every_place_an_output_is_looked_for_has_its_words() -> None:
    outputs = {
        "a": _output(TaskSource(Kind.FILE), Kind.FILE),
        "b": _output(PathSource(Kind.FILE, "/x/*.tar"), Kind.FILE),
        "c": _output(NameSource(Kind.PROJECT, "Lemons"), Kind.PROJECT),
        "d": _output(CreatedSource(Kind.DATASET), Kind.DATASET, optional=True),
        "e": _output(KnownSource(Kind.PROJECT, 7), Kind.PROJECT),
        "f": _output(SelfSource(Kind.TASK), Kind.TASK),
        "g": _output(ExpressionSource(_expression("task.id"))),
        "h": _output(StateSource("data.x")),
        "i": _output(LogSource("map=(.*)")),
        "j": _output(ContentSource("/x/r.json", "json")),
    }
    action = AppAction(AppRef(slug="local/one", span=SPAN), outputs=outputs)
    lines = _lines(Pipeline("p", "p.yaml", {"one": _app("one", action)}), {"one": ()})
    assert [line.strip() for line in lines[4:14]] == [
        "output  a: file, from the task",
        "output  b: file, newest of /x/*.tar",
        "output  c: project, named Lemons",
        "output  d: dataset, made by the session (optional)",
        "output  e: project, 7",
        "output  f: task, the session itself",
        "output  g: value, ${{ task.id }}",
        "output  h: value, from the app's state data.x",
        "output  i: value, from the log by map=(.*)",
        "output  j: value, content of /x/r.json",
    ]


def test_what_is_special_about_a_step_is_told() -> None:
    action = AppAction(
        AppRef(slug="local/one", span=SPAN),
        target=_expression("params.target"),
        arguments=_expression("params.arguments"),
        inputs={"images": InputSpec("images", Kind.PROJECT, 7, span=SPAN)},
        success_when=_expression("outputs.n > 0"),
    )
    retry = Retry(max=2, kinds=(FailureKind.LOST,))
    step = Step("one", action, retry=retry, allow_failure=True, span=SPAN)
    assert [line.strip() for line in _lines(Pipeline("p", "p.yaml", {"one": step}), {"one": ()})[4:]] == [
        "target  ${{ params.target }}",
        "arguments  ${{ params.arguments }}",
        "success when  ${{ outputs.n > 0 }}",
        "workflow input  images: project 7",
        "retry  2 further attempts after lost",
        "allow failure  steps that need it go on when it fails",
    ]


def test_values_are_shown_as_they_are_written() -> None:
    value: Dynamic = {
        "a": [1, None, True, "x"],
        "b": _expression("params.b"),
        "c": FromFile("h.yaml", "yaml", SPAN),
    }
    assert written(value) == '{a: [1, null, true, "x"], b: ${{ params.b }}, c: {from_file: h.yaml, as: yaml}}'
    assert written("bare") == "bare"
