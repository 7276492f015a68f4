"""Tests of slyflow.catalog.relock: what stays, what is looked up, and what a lock lacks."""

from dataclasses import replace

from slyflow.catalog.lock import LockedApp, asked_for
from slyflow.catalog.relock import Wanted, relocked, stale
from slyflow.model.pipeline import AppRef
from slyflow.problem import Span
from tests.catalog.locks import EXPORT, LOCK, TRAIN

HERE = Span("p.yaml", 1, 1, 1, 2)


def wanted(name: str, *refs: AppRef) -> Wanted:
    return Wanted(name, {asked_for(ref) or "": ref for ref in refs})


def ref(slug: str, version: str | None = None) -> AppRef:
    return AppRef(slug=slug, version=version, span=HERE)


class Asked:
    """Answers as an instance would, and keeps what it was asked."""

    def __init__(self) -> None:
        self.releases: dict[str, str | None] = {}

    def __call__(self, ref: AppRef, release: str | None) -> LockedApp:
        self.releases[str(ref)] = release
        return replace(EXPORT, slug=ref.slug or "", release=ref.version or release or "v9", pipelines=())


def everything(name: str) -> bool:
    return True


def test_an_unpinned_app_stays_at_its_release_and_a_new_one_is_looked_up() -> None:
    asked = Asked()
    apps = relocked(
        LOCK, [wanted("a.yaml", ref("me/export"), ref("me/new"), ref("me/train", "v1.0"))], everything, asked
    )
    assert asked.releases == {"me/export": "v2.0.0", "me/new": None, "me/train@v1.0": None}
    assert {name: app.release for name, app in apps.items()} == {
        "me/export": "v2.0.0",
        "me/new": "v9",
        "me/train@v1.0": "v1.0",
    }
    assert apps["me/export"].pipelines == ("a.yaml", "sub/b.yaml")
    assert apps["me/new"].pipelines == ("a.yaml",)


def test_what_no_pipeline_asks_for_any_more_goes() -> None:
    apps = relocked(LOCK, [wanted("a.yaml", ref("me/new"))], everything, Asked())
    assert {name: app.pipelines for name, app in apps.items()} == {
        "me/export": ("sub/b.yaml",),
        "me/new": ("a.yaml",),
    }
    gone = relocked(LOCK, [wanted("a.yaml")], lambda name: name != "sub/b.yaml", Asked())
    assert gone == {}


def test_apps_of_other_pipelines_are_not_looked_up() -> None:
    asked = Asked()
    apps = relocked(LOCK, [wanted("c.yaml", ref("me/new"))], everything, asked)
    assert asked.releases == {"me/new": None}
    assert (apps["me/export"], apps["me/train@v1.0"]) == (EXPORT, TRAIN)


def test_without_a_lock_everything_is_looked_up() -> None:
    apps = relocked(
        None, [wanted("b.yaml", ref("me/z"), ref("me/a")), wanted("a.yaml", ref("me/a"))], everything, Asked()
    )
    assert {name: app.pipelines for name, app in apps.items()} == {
        "me/a": ("a.yaml", "b.yaml"),
        "me/z": ("b.yaml",),
    }


def test_a_lock_that_is_what_pipelines_want_is_not_stale() -> None:
    assert list(stale(LOCK, [wanted("a.yaml", ref("me/export"), ref("me/train", "v1.0"))], everything)) == []


def test_everything_that_a_lock_lacks_or_has_too_much_is_told() -> None:
    lines = list(
        stale(
            LOCK, [wanted("a.yaml", ref("me/export"), ref("me/train", "v1.1"))], lambda name: name == "a.yaml"
        )
    )
    assert lines == [
        "me/train@v1.1 is not locked for a.yaml",
        "me/export is locked for sub/b.yaml, which is gone",
        "me/train@v1.0 is locked for a.yaml, which no longer asks for it",
    ]
