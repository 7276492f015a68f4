"""All API methods of the instance, by name: add a family's METHODS here."""

from starlette.routing import Route

from slyflow.instance.call import Handler, Methods
from slyflow.instance.routes import (
    agent,
    annotations,
    apps,
    collections,
    datasets,
    ecosystem,
    figures,
    files,
    images,
    instance,
    people,
    projects,
    storage,
    tags,
    taskdata,
    taskfiles,
    tasks,
    versions,
    watching,
    workflow,
)
from slyflow.instance.services import Services

FAMILIES: tuple[Methods, ...] = (
    instance.METHODS,
    people.METHODS,
    ecosystem.METHODS,
    apps.METHODS,
    tasks.METHODS,
    watching.METHODS,
    taskdata.METHODS,
    taskfiles.METHODS,
    workflow.METHODS,
    projects.METHODS,
    datasets.METHODS,
    images.METHODS,
    annotations.METHODS,
    figures.METHODS,
    tags.METHODS,
    collections.METHODS,
    versions.METHODS,
    files.METHODS,
    storage.METHODS,
)


def all_methods() -> dict[str, Handler]:
    """Return every method of every family; two families that claim one name are a mistake of ours."""
    methods: dict[str, Handler] = {}
    for family in FAMILIES:
        twice = methods.keys() & family.keys()
        assert not twice, f"claimed by two route modules: {sorted(twice)}"
        methods |= family
    return methods


def all_routes(services: Services) -> list[Route]:
    """Return the routes that are no API methods."""
    return agent.routes(services)
