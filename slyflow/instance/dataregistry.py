"""The API methods on data, by name: projects, images and theirs, Team Files, and what sessions keep."""

from slyflow.instance.call import Methods
from slyflow.instance.routes import (
    annotations,
    collections,
    datasets,
    figures,
    files,
    images,
    projects,
    storage,
    tags,
    taskdata,
    taskfiles,
    versions,
)

FAMILIES: tuple[Methods, ...] = (
    taskdata.METHODS,
    taskfiles.METHODS,
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
