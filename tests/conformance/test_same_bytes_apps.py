"""Compatibility, modules, ecosystem and a team's apps: the client sends what the SDK sends."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slyflow.client import Filter
from slyflow.model.session import Status
from tests.conformance.differences import APPS, EVERYWHERE
from tests.conformance.recorder import Both, Case, Recorder, Replies, unlisted, unseen, untold

sly: Any = pytest.importorskip("supervisely")
STATUS: Any = sly.api.task_api.TaskApi.Status
pytestmark = pytest.mark.conformance
SLUG = "supervisely-ecosystem/hello-world-app"
MODULE = {
    "id": 16,
    "slug": SLUG,
    "name": "Hello World!",
    "type": "app",
    "config": {"main_script": "src/main.py", "headless": True, "contextMenu": {"target": ["team"]}},
    "readme": "# Hello",
    "repo": f"https://github.com/{SLUG}",
    "repositoryModuleUrl": f"https://github.com/{SLUG}",
    "meta": {"releases": [{"version": "v1.0.4", "name": "fixes"}]},
    "createdAt": "2022-08-04T14:59:45.797Z",
    "updatedAt": "2022-08-04T14:59:45.797Z",
}
TASK = {
    "id": 19107,
    "type": "app",
    "status": "finished",
    "startedAt": "2022-08-04T14:59:45.797Z",
    "finishedAt": "2022-08-04T14:59:49.793Z",
    "meta": {"app": {"id": 7, "name": "Hello World!", "version": "v1.0.4"}, "name": "nightly"},
    "createdBy": 6,
    "teamId": 7,
}
APP = {
    "id": 7,
    "createdBy": 1,
    "moduleId": 16,
    "disabled": False,
    "userLogin": "admin",
    "config": MODULE["config"],
    "name": "Hello World!",
    "slug": SLUG,
    "isShared": False,
    "tasks": [TASK],
    "repo": f"https://github.com/{SLUG}",
    "teamId": 7,
}
CONTENT = bytes(range(256)) * 5000


def page(*rows: Any) -> Any:
    return {"total": len(rows), "perPage": 50, "pagesCount": 1, "entities": list(rows)}


def modules(body: Any) -> Any:
    """Answer one module, or two pages of one each to who searches for `many`."""
    if body.get("search") != "many":
        return page(MODULE)
    row = {**MODULE, "id": 15 + body.get("page", 1)}
    return {"total": 2, "perPage": 1, "pagesCount": 2, "entities": [row]}


REPLIES: Replies = {
    "instance.version": {"version": "6.17.8"},
    "ecosystem.info": MODULE,
    "ecosystem.list": modules,
    "ecosystem.file.download": lambda _: CONTENT,
    "apps.list": lambda _: page(APP),
    "apps.info": APP,
    "apps.tasks.list": lambda _: page(TASK),
}


def saved(download: Callable[[Path], object]) -> object:
    """Download to a folder that goes away."""
    with tempfile.TemporaryDirectory() as scratch:
        return download(Path(scratch, "saved"))


CASES = [
    Case("instance_version", {}, lambda instance: instance.version),
    Case("app.get_ecosystem_module_info", {"module_id": 16}, lambda i: i.ecosystem.module(16)),
    Case("app.get_ecosystem_module_info", {"slug": SLUG}, lambda i: i.ecosystem.module(SLUG)),
    Case(
        "app.get_ecosystem_module_info",
        {"module_id": 16, "version": "v1.0.4"},
        lambda i: i.ecosystem.module(16, version="v1.0.4"),
    ),
    Case("app.get_info", {"module_id": 16}, lambda i: i.ecosystem.module(16).config),
    Case(
        "app.get_info",
        {"module_id": 16, "version": "v1.0.4"},
        lambda i: i.ecosystem.module(16, version="v1.0.4").config,
    ),
    Case("app.get_ecosystem_module_id", {"slug": SLUG}, lambda i: i.ecosystem.module_id(SLUG)),
    Case("app.get_list_ecosystem_modules", {}, lambda i: i.ecosystem.modules()),
    Case("app.get_list_ecosystem_modules", {"search": "many"}, lambda i: i.ecosystem.modules(search="many")),
    Case(
        "app.get_list_ecosystem_modules",
        {"categories": ["images", "development"]},
        lambda i: i.ecosystem.modules(categories=["images", "development"]),
    ),
    Case(
        "app.get_list_ecosystem_modules",
        {"search": "hello", "categories": ["images"], "categories_operation": "and"},
        lambda i: i.ecosystem.modules(search="hello", categories=["images"], every_category=True),
    ),
    Case(
        "app.find_module_id_by_app_name",
        {"app_name": "Hello World!"},
        lambda i: i.ecosystem.named("Hello World!").id,
    ),
    Case(
        "app.download_git_file",
        {"module_id": 16, "save_path": Path("a"), "file_path": "config.json", "log_progress": False},
        lambda i: saved(lambda path: i.ecosystem.download_file(16, path, file="config.json")),
    ),
    Case(
        "app.download_git_file",
        {
            "module_id": 16,
            "save_path": Path("b"),
            "app_id": 7,
            "version": "v1.0.4",
            "file_key": "models",
            "ext_logger": logging.getLogger("download"),
        },
        lambda i: saved(
            lambda path: i.ecosystem.download_file(16, path, app_id=7, version="v1.0.4", key="models")
        ),
    ),
    Case(
        "app.download_git_archive",
        {"ecosystem_item_id": 16, "app_id": None, "version": "v1.0.4", "save_path": Path("c.tar")},
        lambda i: saved(lambda path: i.ecosystem.download_archive(16, "v1.0.4", path)),
    ),
    Case(
        "app.download_git_archive",
        {
            "ecosystem_item_id": 16,
            "app_id": 7,
            "version": "v1.0.4",
            "save_path": Path("d.tar"),
            "log_progress": True,
            "ext_logger": logging.getLogger("download"),
        },
        lambda i: saved(lambda path: i.ecosystem.download_archive(16, "v1.0.4", path, app_id=7)),
    ),
    Case("app.get_info_by_id", {"id": 7}, lambda i: i.apps.app(7)),
    Case("app.get_list", {"team_id": 7}, lambda i: i.apps.listed(7)),
    Case(
        "app.get_list",
        {
            "team_id": 7,
            "filter": [{"field": "moduleId", "operator": "=", "value": 16}],
            "context": ["images_project"],
            "repository_key": SLUG,
            "show_disabled": True,
            "integrated_into": ["panel"],
            "session_tags": ["deployed"],
            "only_running": True,
            "with_shared": False,
            "force_all_sessions": True,
        },
        lambda i: i.apps.listed(
            7,
            where=[Filter("moduleId", 16)],
            targets=["images_project"],
            repository=SLUG,
            show_disabled=True,
            integrated_into=["panel"],
            session_tags=["deployed"],
            only_running=True,
            with_shared=False,
            every_session=True,
        ),
    ),
    Case(
        "app.get_list",
        {"team_id": 7, "force_all_sessions": False},
        lambda i: i.apps.listed(7, every_session=False),
    ),
    Case("app.get_sessions", {"team_id": 7, "module_id": 16}, lambda i: i.apps.sessions(7, 16)),
    Case(
        "app.get_sessions",
        {
            "team_id": 7,
            "module_id": 16,
            "show_disabled": True,
            "session_name": "nightly",
            "statuses": [STATUS.STARTED, STATUS.QUEUED],
            "with_shared": True,
        },
        lambda i: i.apps.sessions(
            7,
            16,
            show_disabled=True,
            name="nightly",
            statuses=[Status.STARTED, Status.QUEUED],
            with_shared=True,
        ),
    ),
]


@pytest.fixture(scope="module")
def recorder(record: Callable[[Replies], Recorder]) -> Recorder:
    return record(REPLIES)


def look(recorder: Recorder, case: Case, scratch: Path) -> Both:
    both = recorder.both(case, scratch)
    for result in (both.their_result, both.our_result):
        if isinstance(result, Exception):
            raise result
    return both


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_send_the_same(recorder: Recorder, case: Case, tmp_path: Path) -> None:
    both = look(recorder, case, tmp_path)
    assert both.theirs
    assert unlisted(both.differences(), (*EVERYWHERE, *APPS)) == []


def test_every_difference_that_is_listed_is_one(recorder: Recorder, tmp_path: Path) -> None:
    found = [one for case in CASES for one in look(recorder, case, tmp_path).differences()]
    assert unseen(found, (*EVERYWHERE, *APPS)) == []


def test_every_option_of_every_function_is_compared(recorder: Recorder) -> None:
    assert untold(recorder.sdk.Api(recorder.url, "token"), CASES) == set()


def test_both_write_the_same_files(recorder: Recorder, tmp_path: Path) -> None:
    kept = tmp_path / "ours"
    case = Case(
        "app.download_git_archive",
        {"ecosystem_item_id": 16, "app_id": None, "version": "v1", "save_path": Path("theirs")},
        lambda i: i.ecosystem.download_archive(16, "v1", kept),
    )
    look(recorder, case, tmp_path)
    assert kept.read_bytes() == (tmp_path / "theirs").read_bytes() == CONTENT
