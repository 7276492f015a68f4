"""Imports an app's modules as its session would: by their plain names, from the app's own folder."""

import importlib
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

PIPELINES = Path(__file__).parents[2] / "pipelines"
APPS = PIPELINES / "apps"


@cache
def load_app(name: str) -> Mapping[str, ModuleType]:
    """Return the modules of one app by name; other apps may have modules of the same names."""
    folder = APPS / name
    names = sorted(path.stem for path in folder.glob("*.py"))
    hidden = {module: sys.modules.pop(module) for module in names if module in sys.modules}
    sys.path.insert(0, str(folder))
    try:
        return {module: importlib.import_module(module) for module in names}
    finally:
        sys.path.remove(str(folder))
        for module in names:
            sys.modules.pop(module, None)
        sys.modules.update(hidden)
