"""`slyflow session start`: an order read from the command line, sent once, and looked for when in doubt."""

import argparse
import time
from collections.abc import Mapping

from slyflow.cli import values
from slyflow.cli.context import Context
from slyflow.client import Instance, Module, Order
from slyflow.client.order import LOG_LEVELS, RESTART_POLICIES
from slyflow.engine.marker import marker
from slyflow.engine.policy import EMBEDDED, Policy
from slyflow.errors import BadReply, NotSent, Unavailable
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import WorkspaceRef
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.settings import Settings

_LOOK_EVERY = 1.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `session start` takes besides the app."""
    add = parser.add_argument
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--state", metavar="JSON", help="all arguments and the target, itself or as @FILE")
    state.add_argument(
        "--argument", metavar="NAME=VALUE", action="append", default=[], help="an argument; JSON or text"
    )
    add("--target", metavar="KIND=ID", action="append", default=[], help="what to launch it on: project=42")
    add("--workspace", metavar="ID", type=values.an_id, help="workspace (the first of the token)")
    add("--agent", metavar="ID", type=values.an_id, help="agent (any)")
    add("--branch", metavar="NAME", help="branch of the app's code, instead of a release")
    add("--name", help="name of the session (the app's)")
    add("--description", default="", help="what people read in the list of sessions")
    add("--user", metavar="ID", type=values.an_id, help="for this user (the token's own)")
    add("--multi-user", action="store_true", help="one session that all users share")
    add("--log-level", choices=LOG_LEVELS, default="info", help="(info)")
    add("--restart-policy", choices=RESTART_POLICIES, default="never", help="(never)")
    add("--keep-url", action="store_true", help="keep the session's address over restarts")
    add("--limit-by-workspace", action="store_true", help="show the app this workspace only")
    add("--kubernetes", metavar="KEY=VALUE", action="append", default=[], help="limit_gpus=1 and the like")


@record(frozen=True)
class Outcome:
    """What came of a start: the session, or why nobody knows of one. `is_adopted` = found by looking."""

    session_id: int | None
    error: Unavailable | BadReply | None = None
    is_adopted: bool = False


def start(
    args: argparse.Namespace, instance: Instance, settings: Settings, context: Context
) -> tuple[Module, Outcome]:
    """Send the start once; one of unknown outcome is looked for as long as a launch's window lasts."""
    which, version = args.app
    if args.branch is not None:
        module, version = instance.ecosystem.module(which), args.branch
    else:
        module = instance.ecosystem.released(which, version)
        version = module.version
    workspace = instance.catalog.workspace(WorkspaceRef(id=args.workspace))
    name = marker(context.random(32), "session", module.slug, 1)
    order = _order(args, module, version, workspace, name, _state(args, module, context))
    above = instance.sessions.newest(workspace.id)
    try:
        return module, Outcome(instance.sessions.start_app(order).id)
    except NotSent:
        raise
    except (Unavailable, BadReply) as error:
        context.console.note("whether it was started is unknown; looking for it")
        return module, _look(instance, name, workspace, above, _window(settings, instance), error)


def _order(
    args: argparse.Namespace,
    module: Module,
    version: str | None,
    workspace: Workspace,
    name: str,
    state: Mapping[str, Json],
) -> Order:
    return Order(
        workspace_id=workspace.id,
        module_id=module.id,
        version=version,
        is_branch=args.branch is not None,
        name=args.name or module.name,
        # By this it is found again when the reply is lost.
        description=f"{args.description} ({name})".lstrip(),
        state=state,
        agent_id=args.agent,
        users=() if args.user is None else (args.user,),
        multi_user=args.multi_user,
        log_level=args.log_level,
        restart_policy=args.restart_policy,
        keeps_url=args.keep_url,
        limit_by_workspace=args.limit_by_workspace,
        kubernetes=values.pairs("--kubernetes", args.kubernetes),
        key=name,
    )


def _state(args: argparse.Namespace, module: Module, context: Context) -> Mapping[str, Json]:
    if args.state is not None:
        return values.a_map("--state", args.state, context.cwd)
    target = values.pairs("--target", args.target)
    return module.arguments(target=target, changes=values.pairs("--argument", args.argument))


def _window(settings: Settings, instance: Instance) -> float:
    if settings.launch_window is not None:
        return settings.launch_window
    return (EMBEDDED if instance.embedded else Policy()).launch_window


def _look(
    instance: Instance,
    name: str,
    workspace: Workspace,
    above: int,
    window: float,
    error: Unavailable | BadReply,
) -> Outcome:
    deadline = time.monotonic() + window
    while True:
        try:
            found = instance.sessions.marked(name, workspace, above)
        except (Unavailable, BadReply):
            found = ()
        if found:
            return Outcome(found[0].id, is_adopted=True)
        if time.monotonic() >= deadline:
            return Outcome(None, error)
        time.sleep(_LOOK_EVERY)
