"""The archive: one folder a dataset with its images and its COCO document, always the same bytes."""

import json
import re
import zipfile
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from types import TracebackType
from typing import IO, Any

DOCUMENT = "annotations.json"
IMAGES = "images"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Archive:
    """A ZIP file being written to `out`; images are stored as they are, they are compressed already."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w")

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def image(self, folder: str, name: str, content: bytes) -> None:
        """Add an image of a dataset."""
        self._write(f"{folder}/{IMAGES}/{name}", content, zipfile.ZIP_STORED)

    def document(self, folder: str, document: Mapping[str, Any]) -> None:
        """Add the COCO document of a dataset."""
        text = json.dumps(document, ensure_ascii=False)
        self._write(f"{folder}/{DOCUMENT}", text.encode(), zipfile.ZIP_DEFLATED)

    def _write(self, name: str, content: bytes, method: int) -> None:
        # Without the time of day, so that the same project makes the same archive.
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.compress_type = method
        entry.external_attr = 0o644 << 16
        self._zip.writestr(entry, content)


def safe_name(text: str, taken: Collection[str]) -> str:
    """Return a file name for any text that leads nowhere else, and is not among `taken`."""
    clean = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "_", text).strip(" .") or "unnamed"
    path = PurePosixPath(clean)
    name, number = clean, 1
    while name in taken:
        number += 1
        name = f"{path.stem}_{number}{path.suffix}"
    return name
