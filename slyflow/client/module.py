"""Reads modules from what an instance answers, in the server's spelling or in that of config.json."""

from collections.abc import Iterator, Mapping

from slyflow.catalog.config import get_either, read_interface
from slyflow.catalog.freezing import frozen
from slyflow.catalog.module import NOTHING, Module, Release
from slyflow.client.row import Row, identity, text
from slyflow.model.value import Json


def read_module(row: Row, method: str) -> Module:
    """Return the module of a row of `ecosystem.list` or an answer of `ecosystem.info`.

    Only its id must be there: BadReply without one. What else is missing or of another type counts as
    not told, and a name that is not told is the config's or the slug.
    """
    config = _config(row)
    slug = text(row, "slug") or ""
    return Module(
        id=identity(row, "id", method),
        slug=slug,
        name=text(row, "name") or text(config, "name") or slug,
        kind=text(row, "type") or "app",
        version=text(row, "version"),
        releases=tuple(_releases(row)),
        interface=read_interface(config),
        config=config,
        readme=text(row, "readme"),
        repository=text(row, "repo"),
        repository_url=_text(row, "repository_module_url"),
        created_at=_text(row, "created_at"),
        updated_at=_text(row, "updated_at"),
        archive_sha256=_text(row, "archive_sha256"),
    )


def _config(row: Row) -> Row:
    config = frozen(row.get("config"))
    return config if isinstance(config, Mapping) else NOTHING


def _releases(row: Row) -> Iterator[Release]:
    meta = row.get("meta")
    listed = meta.get("releases") if isinstance(meta, Mapping) else None
    for release in listed if isinstance(listed, list) else []:
        if isinstance(release, Mapping) and (version := text(release, "version")):
            yield Release(version, _text(release, "created_at"))


def _text(row: Row, key: str) -> str | None:
    value: Json = get_either(row, key)
    return value if isinstance(value, str) else None
