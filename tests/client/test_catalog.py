"""Looking things up on remote servers, in the shapes that they answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slyflow.client.about import About
from slyflow.client.catalog import Catalog
from slyflow.client.ecosystem import Ecosystem
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, Unsupported, UsageError
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import AgentRef, AppRef, WorkspaceRef
from slyflow.problem import Span
from tests.client.scripted import Script, Scripted, api

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
HERE = Span("x.yaml", 1, 1, 1, 2)
SLUG = "org/repo/sub"
# `config` as repositories write it, and as the server gives it.
SNAKE = {
    "name": "App",
    "headless": True,
    "modal_template_state": {"x": 1},
    "context_menu": {"target": ["team"]},
}
CAMEL = {"name": "App", "headless": True, "modalTemplateState": {"x": 1}, "contextMenu": {"target": ["team"]}}


def paged(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"total": len(rows), "perPage": 100, "pagesCount": 1, "entities": list(rows)}


def info(config: Any = SNAKE, releases: Any = ("v1.0.2", "v1.0.10", "v1.0.1"), **more: Any) -> dict[str, Any]:
    meta = {"releases": [{"version": version} for version in releases]}
    return {"id": "9", "slug": SLUG, "name": "App", "config": config, "meta": meta, **more}


def catalog_of(server: Scripted, connect: Connect) -> Catalog:
    transport = connect(server)
    return Catalog(transport, About(transport), Ecosystem(transport))


@pytest.fixture
def remote(serve: Serve) -> Scripted:
    other = {"id": 8, "slug": "org/other", "name": "Other"}
    return serve(
        api(
            {
                "instance.version": lambda _: {"version": "6.17.8"},
                "ecosystem.list": lambda _: paged(other, {"id": 9, "slug": SLUG, "name": "App"}),
                "ecosystem.info": lambda body: info(config={"headless": body.get("version") == "v1.0.10"}),
            }
        )
    )


def test_the_newest_release_is_taken_with_its_own_config(remote: Scripted, connect: Connect) -> None:
    app = catalog_of(remote, connect).app(AppRef(slug=SLUG, span=HERE), "")
    assert (app.module_id, app.version, app.name, app.is_branch) == (9, "v1.0.10", "App", False)
    # Not the first of the list: so its config is asked for by version.
    assert app.interface.headless


def test_a_given_version_and_a_branch_are_taken_as_they_are(remote: Scripted, connect: Connect) -> None:
    catalog = catalog_of(remote, connect)
    assert catalog.app(AppRef(slug=SLUG, version="v1.0.1", span=HERE), "").version == "v1.0.1"
    branch = catalog.app(AppRef(slug=SLUG, branch="main", span=HERE), "")
    assert (branch.version, branch.is_branch) == ("main", True)
    assert remote.requests[-1].json == {"id": 9, "version": "main"}


def test_a_filter_that_is_ignored_still_gives_one_app(remote: Scripted, connect: Connect) -> None:
    assert catalog_of(remote, connect).app(AppRef(slug=SLUG, span=HERE), "").module_id == 9
    assert catalog_of(remote, connect).app(AppRef(name="App", span=HERE), "").module_id == 9
    with pytest.raises(NotFound, match=r'there is no app "org/repo"'):
        catalog_of(remote, connect).app(AppRef(slug="org/repo", span=HERE), "")


@pytest.mark.parametrize("config", [SNAKE, CAMEL])
def test_both_spellings_of_a_config_are_understood(serve: Serve, connect: Connect, config: Any) -> None:
    server = serve(api({"ecosystem.info": lambda _: info(config, ["v1"])}))
    app = catalog_of(server, connect).app(AppRef(module_id=9, span=HERE), "")
    assert app.interface.arguments == {"x": 1}
    assert app.interface.targets == ("team",)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, NotFound),
        ((404, {}), NotFound),
        (info(releases=[]), NotFound),
        (info(meta=None), NotFound),
        (info(meta={"releases": "x"}), NotFound),
        (info(id="x"), BadReply),
        ([], BadReply),
    ],
)
def test_an_app_without_a_release_or_an_id_is_explained(
    serve: Serve, connect: Connect, answer: Any, kind: type[Exception]
) -> None:
    server = serve(api({"ecosystem.info": lambda _: answer}))
    with pytest.raises(kind):
        catalog_of(server, connect).app(AppRef(module_id=9, span=HERE), "")


@pytest.mark.parametrize("config", [None, [], "text"])
def test_a_config_of_the_wrong_type_counts_as_empty(serve: Serve, connect: Connect, config: Any) -> None:
    server = serve(api({"ecosystem.info": lambda _: info(config, ["v1"])}))
    assert catalog_of(server, connect).app(AppRef(module_id=9, span=HERE), "").interface.targets == ()


def test_a_folder_is_never_told_to_a_remote_instance(
    remote: Scripted, connect: Connect, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(Unsupported, match="cannot run the app in"):
        catalog_of(remote, connect).app(AppRef(path=".", span=HERE), str(tmp_path))
    assert str(tmp_path) not in str(remote.requests)


def test_the_first_workspace_is_the_default(serve: Serve, connect: Connect) -> None:
    server = serve(
        api(
            {
                "users.me": lambda _: {"id": "2"},
                "teams.list": lambda _: paged({"id": 3, "name": "b"}, {"id": "1", "name": "a"}),
                "workspaces.list": lambda body: paged(*[{"id": 5}, {"id": 4}] if body["teamId"] == 3 else []),
            }
        )
    )
    assert catalog_of(server, connect).workspace(WorkspaceRef()) == Workspace(4, 3, 2)


def test_a_token_without_a_user_or_a_workspace_is_told(serve: Serve, connect: Connect) -> None:
    server = serve(api({"teams.list": lambda _: paged()}))
    with pytest.raises(NotFound, match="no workspace"):
        catalog_of(server, connect).workspace(WorkspaceRef())
    server = serve(api({"workspaces.info": lambda _: {"id": 4, "teamId": 3}}))
    assert catalog_of(server, connect).workspace(WorkspaceRef(id=4)) == Workspace(4, 3, None)


def test_names_are_exact_and_near_ones_suggested(serve: Serve, connect: Connect) -> None:
    agents = paged({"id": 1, "name": "gpu-one"}, {"id": 2, "name": "twin"}, {"id": 3, "name": "twin"})
    catalog = catalog_of(serve(api({"agents.list": lambda _: agents})), connect)
    assert catalog.agent(AgentRef(name="gpu-one"), 3) == 1
    with pytest.raises(NotFound, match='no agent "gpu-on", did you mean "gpu-one"'):
        catalog.agent(AgentRef(name="gpu-on"), 3)
    with pytest.raises(UsageError, match='2 agents named "twin": 2, 3'):
        catalog.agent(AgentRef(name="twin"), 3)


def test_a_user_is_found_among_the_members_of_a_team(serve: Serve, connect: Connect) -> None:
    bodies: list[Any] = []

    def members(body: Any) -> Any:
        bodies.append(body)
        return paged({"id": 4, "login": "anna2"}, {"id": "5", "login": "anna"})

    catalog = catalog_of(serve(api({"members.list": members})), connect)
    assert catalog.user_named("anna", 3) == 5
    assert bodies[0]["teamId"] == 3
    assert bodies[0]["filter"] == [{"field": "login", "operator": "=", "value": "anna"}]
    with pytest.raises(NotFound, match='no user "ann"'):
        catalog.user_named("ann", 3)
