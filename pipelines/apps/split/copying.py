"""What a copied project says about its images: the same classes, tags and labels without the old ids."""

from collections.abc import Mapping
from typing import Any

_IDS = frozenset({"id", "classId", "tagId", "labelerLogin", "createdAt", "updatedAt"})


def copied_meta(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return a project's classes and tags as a new project takes them."""
    return {
        "classes": [_without_ids(item) for item in meta["classes"]],
        "tags": [_without_ids(item) for item in meta["tags"]],
        "projectType": "images",
    }


def copied_annotation(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """Return an annotation as another project takes it: classes and tags go by their names."""
    return {
        "description": annotation.get("description", ""),
        "tags": [_without_ids(tag) for tag in annotation.get("tags", [])],
        "size": annotation["size"],
        "objects": [
            {**_without_ids(figure), "tags": [_without_ids(tag) for tag in figure.get("tags", [])]}
            for figure in annotation.get("objects", [])
        ],
    }


def _without_ids(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in _IDS}
