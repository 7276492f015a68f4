"""libyaml's parser and its events: the only importer of PyYAML, and of its compiled part alone."""

import sys
from importlib import reload
from importlib.machinery import PathFinder
from types import ModuleType, SimpleNamespace

# Of each of these the compiled part takes one exception class when it is imported, and they are most of
# `import yaml`, which takes longer than checking a usual file: PyYAML's own parser compiles regular
# expressions, its constructor imports datetime and base64.
_PURE = ("reader", "scanner", "parser", "composer", "constructor", "emitter", "serializer", "representer")


class _Package(ModuleType):
    """PyYAML without what its `__init__` imports, until anyone asks for something of that."""

    def __getattr__(self, name: str) -> object:
        self.__class__ = ModuleType  # type: ignore[assignment]  # as importlib.util's lazy modules do
        return getattr(reload(self), name)


def _import_compiled() -> None:
    """Enter PyYAML's package with its compiled part into `sys.modules`, or nothing if that fails."""
    spec = PathFinder.find_spec("yaml")
    if spec is None or spec.submodule_search_locations is None:
        return
    package = sys.modules["yaml"] = ModuleType("yaml")
    package.__spec__, package.__loader__, package.__file__ = spec, spec.loader, spec.origin
    package.__path__, package.__package__ = spec.submodule_search_locations, "yaml"
    try:
        _import_onto(package)
    except (ImportError, AttributeError):
        # A version of PyYAML that wants more: the imports below give it all of itself.
        for name in [name for name in sys.modules if name == "yaml" or name.startswith("yaml.")]:
            del sys.modules[name]
    else:
        package.__class__ = _Package


def _import_onto(package: ModuleType) -> None:
    from yaml import error, events, nodes, tokens  # noqa: F401  # the compiled part looks for them here

    for name in _PURE:
        base = error.YAMLError if name == "reader" else error.MarkedYAMLError
        setattr(package, name, SimpleNamespace(**{f"{name.capitalize()}Error": base}))
    import yaml._yaml  # noqa: F401

    for name in _PURE:
        delattr(package, name)


if "yaml" not in sys.modules:
    _import_compiled()

from yaml._yaml import CParser  # noqa: E402  # the line above decides what these import
from yaml.error import MarkedYAMLError, YAMLError  # noqa: E402
from yaml.events import (  # noqa: E402
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

__all__ = [
    "AliasEvent",
    "CParser",
    "DocumentEndEvent",
    "DocumentStartEvent",
    "MappingEndEvent",
    "MappingStartEvent",
    "MarkedYAMLError",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "StreamStartEvent",
    "YAMLError",
]
