"""An app that a draft shall launch: how its step names it, and what may be guessed of what it makes."""

from collections.abc import Mapping, Sequence

from slyflow.catalog.config import get_either, read_interface
from slyflow.model.artifact import Kind
from slyflow.model.interface import FAMILIES, App, Interface
from slyflow.model.value import Json
from slyflow.record import record

# Categories as the ecosystem spells them → the families of the projects that such apps are about.
_ABOUT = {
    "images": ("images",),
    "videos": ("videos",),
    "dicom": ("volumes",),
    "volumes": ("volumes",),
    "point clouds": ("point_cloud", "point_cloud_episodes"),
    "pointclouds": ("point_cloud", "point_cloud_episodes"),
    "meshes": ("meshes",),
}
_MAKES_PROJECTS = frozenset(
    ("import", "data operations", "data transformation", "annotation transformation", "augmentation")
)
_MAKES_NONE = frozenset(
    (
        *("serve", "train", "statistics", "stats", "visualization", "visualization stats", "exploration"),
        *("labeling", "collaboration", "system", "development", "inference interfaces"),
    )
)


@record(frozen=True)
class Chosen:
    """One app. `reference` is what its step says under `app`, `slug` what the step is named after."""

    reference: Json
    slug: str
    name: str
    interface: Interface
    categories: frozenset[str] = frozenset()
    is_export: bool = False

    @property
    def families(self) -> frozenset[str]:
        """The families of projects the app is about, by its targets or else its categories; empty = any."""
        declared = frozenset(family for target in self.interface.targets if (family := family_of(target)))
        return declared or frozenset(name for word in self.categories for name in _ABOUT.get(word, ()))

    @property
    def makes(self) -> Sequence[Kind]:
        """What the app seems to make, the likeliest first: its config does not say."""
        if self.is_export:
            return (Kind.FILE, Kind.FOLDER)
        if self.categories & _MAKES_NONE and not self.categories & _MAKES_PROJECTS:
            return ()
        return (Kind.PROJECT, Kind.DATASET)

    @property
    def as_app(self) -> App:
        """The app as a check of its step sees it."""
        return App(self.slug, 0, "", self.name, self.interface)


def choose(reference: Json, slug: str, config: Mapping[str, Json]) -> Chosen:
    """Return the app of this config."""
    listed = config.get("categories")
    words = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()
    categories = frozenset(word.strip().lower() for word in words if isinstance(word, str))
    menu = get_either(config, "context_menu")
    root = get_either(menu, "context_root") if isinstance(menu, Mapping) else None
    name = config.get("name")
    return Chosen(
        reference,
        slug,
        name if isinstance(name, str) and name.strip() else slug,
        read_interface(config),
        categories,
        is_export="export" in categories or root == "Download as",
    )


def family_of(target: str) -> str | None:
    """Return the family of projects that a target is about, None for a target of another kind."""
    family, _, kind = target.rpartition("_")
    return family if kind in ("project", "dataset") and family in FAMILIES else None
