"""Options that several commands share, each added by one function."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slyflow.errors import UsageError
from slyflow.settings import SETTINGS

if TYPE_CHECKING:
    import argparse

SETTING = "setting_"
"""What the destination of a setting's flag begins with."""


def add_settings(parser: "argparse.ArgumentParser", *names: str) -> None:
    """Add a flag for each of the named settings."""
    for name in names:
        setting = SETTINGS[name]
        parser.add_argument(setting.flag, metavar=setting.metavar, dest=SETTING + name, help=setting.help)


def given_settings(args: "argparse.Namespace") -> Mapping[str, str]:
    """Return the settings that were given as flags, by name."""
    return {
        name.removeprefix(SETTING): value
        for name, value in vars(args).items()
        if name.startswith(SETTING) and value is not None
    }


def add_driving(parser: "argparse.ArgumentParser", *settings: str) -> None:
    """Add what every command takes that drives a run, and these settings besides."""
    add_json(parser)
    parser.add_argument("--quiet", action="store_true", help="say nothing while it goes well")
    add_settings(
        parser,
        "instance",
        "home",
        *settings,
        "slots",
        "on_interrupt",
        "poll_interval",
        "launch_window",
        "unreachable_after",
        "request_timeout",
        "ca_file",
        "color",
    )


def add_json(parser: "argparse.ArgumentParser") -> None:
    """Add `--json`: one document on standard output, everything else on standard error."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_pipeline(parser: "argparse.ArgumentParser") -> None:
    """Add the pipeline file."""
    parser.add_argument("file", metavar="FILE", help="pipeline file")


def add_run(parser: "argparse.ArgumentParser") -> None:
    """Add the run a command is about."""
    parser.add_argument("run", metavar="RUN", help="id of a run, its beginning, or `last`")


def add_take_over(parser: "argparse.ArgumentParser") -> None:
    """Add `--take-over`, for a run that another machine's process has not let go of."""
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="the process that has not let go of the run certainly drives it no more",
    )


def add_app(parser: "argparse.ArgumentParser") -> None:
    """Add the app a command is about, read as its slug or module id and its version or None."""
    parser.add_argument(
        "app", metavar="SLUG", type=an_app, help="slug or module id of an app, with @VERSION for an older one"
    )


def an_app(text: str) -> tuple[int | str, str | None]:
    """Return an app's slug or module id, and its version or None."""
    slug, _, version = text.partition("@")
    is_id = slug.isascii() and slug.isdecimal() and len(slug) < 20
    return int(slug) if is_id else slug, version or None


def add_output(parser: "argparse.ArgumentParser", *, default: str) -> None:
    """Add `--output FILE` and `--force`, for what a command writes."""
    parser.add_argument(
        "--output", metavar="FILE", default=default, help=f"file to write, - for standard output ({default})"
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def add_params(parser: "argparse.ArgumentParser") -> None:
    """Add `-p KEY=VALUE`, as often as wanted."""
    parser.add_argument(
        "-p", "--param", metavar="KEY=VALUE", action="append", default=[], help="value of a param"
    )


def read_params(texts: Sequence[str]) -> Mapping[str, str]:
    """Return the texts of `-p KEY=VALUE` by key; UsageError when one has no `=`, or a key comes twice."""
    params: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f'-p "{text}" is not KEY=VALUE')
        if key in params:
            raise UsageError(f'the param "{key}" is given twice')
        params[key] = value
    return params
