"""What a session made on an instance that does not tell who made what: found for certain, or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from slyflow.client.instance import Instance
from slyflow.engine.effect import Others
from slyflow.engine.existing import Ambiguous, Missing
from slyflow.engine.found import Finder
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.instance import Traces
from slyflow.model.launch import Workspace
from slyflow.model.outputsource import (
    AnySource,
    ContentSource,
    CreatedSource,
    NameSource,
    OutputSource,
    PathSource,
    TaskSource,
)
from slyflow.model.session import Session, Status
from slyflow.secret import Secret
from tests.client.scripted import Scripted, api

PLACE = Workspace(5, 6, 7)
BEGAN, BEFORE, AFTER = "2026-01-01T10:00:00.000Z", "2026-01-01T09:59:59Z", "2026-01-01T10:00:00.001Z"
BESIDE = Others(beside=("b",))


def file(number: int, path: str, updated: str | None = AFTER) -> dict[str, Any]:
    return {
        "id": number,
        "path": path,
        "name": path.rpartition("/")[2],
        "meta": {"size": 1},
        "storagePath": f"/h/{number}",
        "updatedAt": updated,
    }


def project(number: int, name: str = "p", updated: str = AFTER) -> dict[str, Any]:
    return {"id": number, "name": name, "updatedAt": updated}


@contextmanager
def looking(
    *,
    projects: tuple[dict[str, Any], ...] = (),
    files: tuple[dict[str, Any], ...] = (),
    output: Mapping[str, Any] | None = None,
    before: tuple[int, ...] = (),
    others: Others | None = None,
    traces: Traces | None = None,
) -> Iterator[Finder]:
    """Open a remote instance that has these things; before the launch it had those with the ids `before`."""
    by_id = {row["id"]: row for row in (*projects, *files)}
    methods = {
        "projects.list": lambda _: {
            "total": len(projects), "perPage": 100, "pagesCount": 1, "entities": list(projects)
        },
        "projects.info": lambda body: by_id.get(body["id"]),
        "file-storage.list": lambda body: [f for f in files if f["path"].startswith(body["path"])],
        "file-storage.info": lambda body: by_id.get(body["id"]),
    }  # fmt: skip
    info: dict[str, Any] = {"id": 1, "createdAt": BEGAN, "meta": {"output": output or {}}}
    with Scripted(api(methods)) as server, Instance(server.url, Secret("token-0123456789")) as instance:
        session = Session(1, Status.FINISHED, info=info)
        known = {"project": before, "file": before}
        yield Finder(instance, session, PLACE, known, traces, others or Others())


def found(finder: Finder, source: OutputSource) -> Any:
    artifact = finder.find(source)
    assert isinstance(artifact, Artifact)
    return artifact.value


@pytest.mark.parametrize("source", [AnySource(Kind.PROJECT), CreatedSource(Kind.PROJECT)])
class TestComparingLists:
    def test_the_one_that_is_new_while_nothing_else_ran_is_this_sessions(self, source: OutputSource) -> None:
        with looking(projects=(project(8), project(9)), before=(8,)) as finder:
            assert found(finder, source) == 9

    def test_while_another_session_was_under_way_it_may_be_that_ones(self, source: OutputSource) -> None:
        with (
            looking(projects=(project(8), project(9)), before=(8,), others=BESIDE) as finder,
            pytest.raises(Ambiguous, match=r"1 new project .* \(b\).*\{project: task\}"),
        ):
            finder.find(source)

    def test_of_several_none_is_taken(self, source: OutputSource) -> None:
        with (
            looking(projects=(project(8), project(9))) as finder,
            pytest.raises(Ambiguous, match=r"2 of kind project: name it"),
        ):
            finder.find(source)

    def test_nothing_new_is_missing_and_no_doubt(self, source: OutputSource) -> None:
        with (
            looking(projects=(project(8),), before=(8,), others=BESIDE) as finder,
            pytest.raises(Missing) as caught,
        ):
            finder.find(source)
        assert not isinstance(caught.value, Ambiguous)

    def test_what_another_step_made_is_not_new(self, source: OutputSource) -> None:
        """A list that lags may not have shown it yet when it was read before the launch."""
        others = Others(made={(Kind.PROJECT, 8): "earlier"})
        with looking(projects=(project(8), project(9)), others=others) as finder:
            assert found(finder, source) == 9


def test_what_the_task_says_needs_no_comparison() -> None:
    said = {"project": {"id": 9}}
    with looking(projects=(project(8), project(9)), output=said, others=BESIDE) as finder:
        assert found(finder, AnySource(Kind.PROJECT)) == 9


LOOSE = "/out/*.tar"


@pytest.mark.parametrize("source", [PathSource(Kind.FILE, LOOSE), ContentSource(LOOSE, "text")])
class TestPaths:
    def test_a_file_that_another_step_looks_for_too_is_not_taken(self, source: OutputSource) -> None:
        others = Others(beside=("b",), globs={"b": ("/x/*", "/out/**")})
        with (
            looking(files=(file(1, "/out/a.tar"),), others=others) as finder,
            pytest.raises(Ambiguous, match=r"/out/a.tar may be of b"),
        ):
            finder.find(source)

    def test_a_file_of_before_is_not_taken(self, source: OutputSource) -> None:
        with (
            looking(files=(file(1, "/out/a.tar", BEFORE),)) as finder,
            pytest.raises(Missing, match="matches"),
        ):
            finder.find(source)

    def test_a_file_whose_time_is_not_told_may_be_of_before(self, source: OutputSource) -> None:
        with looking(files=(file(1, "/out/a.tar", None),)) as finder, pytest.raises(Missing, match="matches"):
            finder.find(source)

    def test_where_no_time_is_told_of_the_session_nothing_is_taken(self, source: OutputSource) -> None:
        with looking(files=(file(1, "/out/a.tar"),)) as finder:
            finder.session = finder._files.session = Session(1, Status.FINISHED)
            with pytest.raises(Missing, match="does not tell when"):
                finder.find(source)


def test_a_file_that_only_this_step_looks_for_is_taken() -> None:
    others = Others(beside=("b",), globs={"b": ("/elsewhere/*",)})
    files = (file(1, "/out/a.tar", BEGAN), file(2, "/out/b.tar", AFTER), file(3, "/out/deep/c.tar"))
    with looking(files=files, others=others) as finder:
        assert found(finder, PathSource(Kind.FILE, LOOSE)) == "/out/b.tar"
        assert found(finder, PathSource(Kind.FOLDER, "/out/*")) == "/out/deep"


class TestPathsOnRecord:
    """Where the instance tells who wrote what, as an embedded one does."""

    OURS = Traces(created=(Artifact(Kind.FILE, 1, "/out/a.tar"),))

    def test_the_newest_that_the_session_wrote_is_taken(self) -> None:
        files = (file(1, "/out/a.tar", BEGAN), file(2, "/out/b.tar", AFTER))
        with looking(files=files, others=BESIDE, traces=self.OURS) as finder:
            assert found(finder, PathSource(Kind.FILE, LOOSE)) == "/out/a.tar"

    def test_what_others_wrote_meanwhile_is_not(self) -> None:
        with (
            looking(files=(file(2, "/out/b.tar"),), others=BESIDE, traces=self.OURS) as finder,
            pytest.raises(Ambiguous, match=r"/out/b.tar was not written by this session.*\(b\)"),
        ):
            finder.find(PathSource(Kind.FILE, LOOSE))

    def test_what_a_session_of_its_own_wrote_for_it_is(self) -> None:
        with looking(files=(file(2, "/out/b.tar"),), traces=Traces()) as finder:
            assert found(finder, PathSource(Kind.FILE, LOOSE)) == "/out/b.tar"


class TestNames:
    def test_a_project_of_before_is_not_of_this_attempt(self) -> None:
        with (
            looking(projects=(project(9, "mine", BEFORE),)) as finder,
            pytest.raises(Missing, match=r"project 9 named mine is as it was before"),
        ):
            finder.find(NameSource(Kind.PROJECT, "mine"))

    def test_one_that_was_changed_since_is(self) -> None:
        with looking(projects=(project(8, "mine"), project(9, "other"))) as finder:
            assert found(finder, NameSource(Kind.PROJECT, "mine")) == 8

    def test_of_several_of_a_name_none_is_taken(self) -> None:
        with (
            looking(projects=(project(8, "mine"), project(9, "mine"))) as finder,
            pytest.raises(Ambiguous, match=r"2 projects are named mine"),
        ):
            finder.find(NameSource(Kind.PROJECT, "mine"))


class TestLinks:
    FILES = (file(1, "/d/one.txt"), file(12, "/d/e/twelve.txt"))

    @pytest.mark.parametrize(
        ("url", "path"),
        [
            ("/files/12", "/d/e/twelve.txt"),
            ("/files/12?download=1", "/d/e/twelve.txt"),
            ("https://host/files/12/", "/d/e/twelve.txt"),
            ("/page?id=12", "/d/e/twelve.txt"),
            ("https://host/h/12", "/d/e/twelve.txt"),
            ("/h/1?x=/h/12", "/d/one.txt"),
        ],
    )
    def test_a_link_means_one_file(self, url: str, path: str) -> None:
        with looking(files=self.FILES, output={"general": {"titleUrl": url}}) as finder:
            assert found(finder, TaskSource(Kind.FILE)) == path

    @pytest.mark.parametrize(
        "url", ["/files/12abc", "/page?id=1&id=2", "/oh/1", "/h/123", f"/page?id={'1' * 20}", "/page?id=½"]
    )
    def test_what_only_looks_like_one_means_none(self, url: str) -> None:
        with (
            looking(files=self.FILES, output={"general": {"titleUrl": url}}) as finder,
            pytest.raises(Missing),
        ):
            finder.find(TaskSource(Kind.FILE))

    @pytest.mark.parametrize(
        ("title", "path"), [("/d", "/d"), ("/d/e/", "/d/e"), ("/elsewhere", "/d/e"), ("Result", "/d/e")]
    )
    def test_a_folder_holds_the_file_that_is_linked(self, title: str, path: str) -> None:
        said = {"general": {"titleUrl": "/files/12", "title": title}}
        with looking(files=self.FILES, output=said) as finder:
            assert found(finder, TaskSource(Kind.FOLDER)) == path
