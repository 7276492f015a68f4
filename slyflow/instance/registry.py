"""All API methods of the instance, by name: add a family's METHODS here."""

from slyflow.instance.call import Handler, Methods
from slyflow.instance.routes import (
    annotations,
    collections,
    datasets,
    figures,
    files,
    images,
    people,
    projects,
    tags,
    versions,
)

FAMILIES: tuple[Methods, ...] = (
    people.METHODS,
    projects.METHODS,
    datasets.METHODS,
    images.METHODS,
    annotations.METHODS,
    figures.METHODS,
    tags.METHODS,
    collections.METHODS,
    versions.METHODS,
    files.METHODS,
)


def all_methods() -> dict[str, Handler]:
    """Return every method of every family; two families that claim one name are a mistake of ours."""
    methods: dict[str, Handler] = {}
    for family in FAMILIES:
        twice = methods.keys() & family.keys()
        assert not twice, f"claimed by two route modules: {sorted(twice)}"
        methods |= family
    return methods
