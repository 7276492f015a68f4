"""Tests of slyflow.catalog.difference."""

from dataclasses import replace

from slyflow.catalog.difference import changes
from slyflow.model.interface import Interface
from tests.catalog.locks import EXPORT, TRAIN


def test_everything_that_a_pipeline_could_notice_is_told_in_order() -> None:
    now = replace(
        EXPORT,
        interface=Interface(
            ("images_dataset",),
            {"filter": "some", "count": 3.0, "deep": {"a": [1.5, {}]}, "fresh": None},
            from_ecosystem=True,
            headless=False,
            min_instance_version="6.10.0",
        ),
    )
    assert [str(change) for change in changes(EXPORT, now)] == [
        "- argument any: any = none",
        "~ argument count: integer = 3 → number = 3.0",
        '~ argument filter: string = "all" → string = "some"',
        "+ argument fresh: any = none",
        "+ target images_dataset",
        "- target images_project",
        "~ launched without a target: false → true",
        "~ headless: true → false",
        '~ oldest instance: "6.9.0" → "6.10.0"',
        '~ restart policy: "on_error" → none',
    ]


def test_true_and_1_differ() -> None:
    one = replace(EXPORT, interface=replace(EXPORT.interface, arguments={"a": [1]}))
    other = replace(EXPORT, interface=replace(EXPORT.interface, arguments={"a": [True]}))
    assert [str(change) for change in changes(one, other)] == ["~ argument a: list = [1] → list = [true]"]


def test_what_no_pipeline_could_notice_is_no_change() -> None:
    assert changes(TRAIN, replace(TRAIN, release="v2", config_sha256="d" * 64, description="Else")) == []
    nothing = replace(TRAIN, interface=replace(TRAIN.interface, arguments={}))
    assert changes(TRAIN, nothing) == []
