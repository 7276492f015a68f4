"""A client of a language server over its standard streams: what an editor asks of it, and is told."""

import json
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Any, Self

PATIENCE = 60.0
"""Seconds until the server must have answered."""
Message = dict[str, Any]


@dataclass
class LanguageServer:
    """A running server; used as a context manager. Files are opened as an editor opens them."""

    command: Sequence[str]
    folder: Path
    settings: Mapping[str, Any]
    _answers: "Queue[Message]" = field(default_factory=Queue)
    _number: int = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self.command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        folders = [{"uri": self.folder.as_uri(), "name": "work"}]
        text = {
            "completion": {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}}
        }
        capabilities = {"textDocument": text, "workspace": {"configuration": True}}
        self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": self.folder.as_uri(),
                "workspaceFolders": folders,
                "capabilities": capabilities,
            },
        )
        self._send({"method": "initialized", "params": {}})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def open(self, name: str, text: str) -> list[Message]:
        """Open a file with this text, which need not be on the disk, and return its diagnostics."""
        document = {"uri": self._uri(name), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return self._await(lambda told: self._is_about(told, name))["params"]["diagnostics"]  # type: ignore[no-any-return]  # JSON

    def complete(self, name: str, line: int, column: int) -> list[Message]:
        """Return what may stand at a place of an open file; line and column from 1, as we count them."""
        return self._at("textDocument/completion", name, line, column)["items"]  # type: ignore[no-any-return]  # JSON

    def hover(self, name: str, line: int, column: int) -> str:
        """Return what is said of a place of an open file."""
        found = self._at("textDocument/hover", name, line, column)
        return str(found["contents"]["value"]) if found else ""

    def ask(self, method: str, params: Message) -> Any:
        """Send a request and return its result."""
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        answer = self._await(lambda told: told.get("id") == number and "method" not in told)
        assert "error" not in answer, answer
        return answer["result"]

    def _at(self, method: str, name: str, line: int, column: int) -> Any:
        position = {"line": line - 1, "character": column - 1}
        return self.ask(method, {"textDocument": {"uri": self._uri(name)}, "position": position})

    def _uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def _is_about(self, told: Message, name: str) -> bool:
        return told.get("method") == "textDocument/publishDiagnostics" and told["params"]["uri"] == self._uri(
            name
        )

    def _await(self, fits: Any) -> Message:
        """Return the next message that fits; requests of the server's own are answered meanwhile."""
        while True:
            told = self._answers.get(timeout=PATIENCE)
            if "method" in told and "id" in told:
                self._send({"id": told["id"], "result": self._configured(told)})
            elif fits(told):
                return told

    def _configured(self, asked: Message) -> Any:
        if asked["method"] != "workspace/configuration":
            return None
        return [self.settings.get(item.get("section"), None) for item in asked["params"]["items"]]

    def _send(self, message: Message) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
                while stream.readline().strip():
                    pass
                self._answers.put(json.loads(stream.read(length)))
