"""The state a launch sends: the app's defaults, the step's arguments, and the target's key."""

from collections.abc import Mapping

from slyflow.catalog.freezing import thawed
from slyflow.model.interface import GENERIC_TARGETS, Interface, target_key
from slyflow.model.value import Json


def actual_target(name: str, interface: Interface) -> str:
    """Return the target that `project` or `dataset` stands for; every other name as it is.

    It is the first of that family among the app's targets, or the generic name itself when the app
    declares none: the key of the state is the same.
    """
    if name not in GENERIC_TARGETS:
        return name
    return next((target for target in interface.targets if target.endswith(f"_{name}")), name)


def launch_state(
    interface: Interface,
    target: Mapping[str, Json],
    arguments: Mapping[str, Json],
    merge_defaults: bool,  # noqa: FBT001 -- a field of the step, handed on
) -> dict[str, Json]:
    """Return `params.state`: defaults, replaced by arguments at top level, and the target's keys.

    Nothing in it is shared with the interface or the arguments.
    """
    defaults = interface.arguments if merge_defaults and interface.arguments is not None else {}
    keys = {target_key(name): value for name, value in target.items()}
    return {name: thawed(value) for name, value in {**defaults, **arguments, **keys}.items()}
