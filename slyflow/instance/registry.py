"""All API methods of the instance, by name: add a family's METHODS here, one on data in `dataregistry`."""

from collections.abc import Sequence

from starlette.routing import Route

from slyflow.instance.call import Handler, Methods
from slyflow.instance.routes import agent, apps, ecosystem, instance, people, tasks, watching, workflow
from slyflow.instance.services import Services

FAMILIES: tuple[Methods, ...] = (
    instance.METHODS,
    people.METHODS,
    ecosystem.METHODS,
    apps.METHODS,
    tasks.METHODS,
    watching.METHODS,
    workflow.METHODS,
)


class Registry:
    """Finds methods. Those on data are loaded when one is first asked for: a start does not wait for them."""

    def __init__(self) -> None:
        self._methods = merged(FAMILIES)
        self._is_whole = False

    def find(self, name: str) -> Handler | None:
        """Return the method's handler, None when there is no such method."""
        if name not in self._methods and not self._is_whole:
            from slyflow.instance import dataregistry

            self._methods = merged((self._methods, *dataregistry.FAMILIES))
            self._is_whole = True
        return self._methods.get(name)


def merged(families: Sequence[Methods]) -> dict[str, Handler]:
    """Return every method of every family; two families that claim one name are a mistake of ours."""
    methods: dict[str, Handler] = {}
    for family in families:
        twice = methods.keys() & family.keys()
        assert not twice, f"claimed by two route modules: {sorted(twice)}"
        methods |= family
    return methods


def all_routes(services: Services) -> list[Route]:
    """Return the routes that are no API methods."""
    return agent.routes(services)
