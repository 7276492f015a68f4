"""A team's apps: filtered by what their configs declare, with their sessions."""

from pathlib import Path
from typing import Any

from tests.instance.server import Server, make_app


def test_only_running_apps_are_those_with_live_sessions(server: Server, tmp_path: Path) -> None:
    module = server.add_app(make_app(tmp_path / "runs", "import time; time.sleep(600)"))
    asked = {"teamId": 1, "onlyRunning": True}
    assert module not in [row["id"] for row in server.call("apps.list", asked)["entities"]]
    session = server.run(module)
    assert module in [row["id"] for row in server.call("apps.list", asked)["entities"]]
    server.call("tasks.stop", {"id": session})
    server.wait(session)


def test_an_app_is_found_by_its_module(server: Server, tmp_path: Path) -> None:
    module = server.add_app(make_app(tmp_path / "found", "", name="Find Me"))
    assert server.call("apps.info", {"id": module})["moduleId"] == module
    assert found(server, filter=[{"field": "moduleId", "operator": "=", "value": module}]) == [module]


def test_apps_are_filtered_by_what_they_declare(server: Server, tmp_path: Path) -> None:
    snake = server.add_app(
        make_app(
            tmp_path / "snake",
            "",
            context_menu={"target": ["volumes_project", "team_member"]},
            integrated_into=["panel"],
            session_tags=["deployed-here"],
        ),
        slug="someone/repo/snake",
    )
    camel = server.add_app(
        make_app(
            tmp_path / "camel",
            "",
            contextMenu={"target": "volumes_project"},
            integratedInto=["panel", "files"],
            sessionTags=[],
        ),
        slug="someone/repo",
    )
    other = server.add_app(make_app(tmp_path / "other", "", integrated_into=None), slug="someone/repository")
    assert found(server, context=["volumes_project"]) == [snake, camel]
    assert found(server, context=["team_member", "none"]) == [snake]
    assert found(server, integratedInto=["panel"]) == [snake, camel]
    assert found(server, integratedInto=["files"], context=["volumes_project"]) == [camel]
    assert found(server, sessionTags=["deployed-here"]) == [snake]
    assert found(server, repositoryKey="someone/repo") == [snake, camel]
    assert {snake, camel, other} <= set(found(server, context=[], integratedInto=[], repositoryKey=None))


def test_an_app_tells_its_sessions_all_or_live(server: Server, tmp_path: Path) -> None:
    module = server.add_app(make_app(tmp_path / "sessions", "import time; time.sleep(1000)"))
    ended, live = server.run(module), server.run(module)
    server.call("tasks.stop", {"id": ended})
    server.wait(ended)

    def told(**asked: Any) -> list[int]:
        rows = server.call("apps.list", {"teamId": 1, **asked})["entities"]
        return [task["id"] for row in rows if row["id"] == module for task in row["tasks"]]

    assert told(forceAllSessions=True) == [live, ended]
    assert told(forceAllSessions=False) == told() == [live]
    assert told(forceAllSessions=True, onlyRunning=True) == [live]
    assert told(teamId=2, forceAllSessions=True) == []
    assert [task["id"] for task in server.call("apps.info", {"id": module})["tasks"]] == [live, ended]
    listed = server.call("apps.tasks.list", {"teamId": 1, "appId": module})
    assert [task["id"] for task in listed["entities"]] == [ended, live]
    assert server.call("apps.tasks.list", {"teamId": 2, "appId": module})["total"] == 0
    assert server.call("apps.tasks.list", {"appId": module})["total"] == 2
    server.call("tasks.stop", {"id": live})
    server.wait(live)


def found(server: Server, **asked: Any) -> list[int]:
    return [row["id"] for row in server.call("apps.list", {"teamId": 1, **asked})["entities"]]
