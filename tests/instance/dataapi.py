"""A running instance for tests of the data routes, spoken to over plain HTTP."""

import hashlib
import io
from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from slyflow.instance.process import ensure

Json = Any


class Api:
    """Calls methods of one instance with its user's token."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["x-api-key"] = token

    def send(self, method: str, body: Json = None, **options: Any) -> requests.Response:
        """Send one call and return the reply as it came."""
        if body is not None:
            options["json"] = body
        return self._http.post(f"{self.url}/public/api/v3/{method}", timeout=20, **options)

    def __call__(self, method: str, **body: Any) -> Json:
        """Send one call and return its JSON; the reply must be 200."""
        reply = self.send(method, body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def refused(self, method: str, **body: Any) -> tuple[int, Json]:
        """Send one call that must be refused; return the status and the error's JSON."""
        reply = self.send(method, body)
        assert 400 <= reply.status_code < 500, reply.text
        return reply.status_code, reply.json()

    def project(self, name: str) -> int:
        """Make a project and return its id."""
        project_id: int = self("projects.add", workspaceId=1, name=name, type="images")["id"]
        return project_id

    def dataset(self, name: str) -> int:
        """Make a project with one dataset of the same name; return the dataset's id."""
        dataset_id: int = self("datasets.add", projectId=self.project(name), name=name)["id"]
        return dataset_id

    def image(self, dataset_id: int, name: str, content: bytes) -> int:
        """Upload one image and return its id."""
        known = self("images.internal.hashes.list", hashes=[hash_of(content)])
        if not known:
            self.send("images.bulk.upload", files={"0-file": ("0", content, "image/*")}).raise_for_status()
        image = {"title": name, "hash": hash_of(content)}
        image_id: int = self("images.bulk.add", datasetId=dataset_id, images=[image])[0]["id"]
        return image_id

    def close(self) -> None:
        self._http.close()


@contextmanager
def running(folder: Path) -> Generator[Api, None, None]:
    """Run an instance in `folder` for as long as the block lasts."""
    with ensure(folder, slots=1) as instance:
        api = Api(instance.url, instance.token.reveal())
        try:
            yield api
        finally:
            api.close()


def hash_of(content: bytes) -> str:
    """Return the API's hash of bytes."""
    return b64encode(hashlib.sha256(content).digest()).decode()


def picture(colour: int = 0, size: tuple[int, int] = (12, 8), form: str = "PNG") -> bytes:
    """Return an image file of one colour; each colour has its own bytes."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (colour % 256, colour // 256, 7)).save(buffer, form)
    return buffer.getvalue()
