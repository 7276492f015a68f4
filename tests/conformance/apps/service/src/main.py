"""An app that answers requests until it is stopped."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answers = {"/is_running": {"running": True}, "/is_ready": {"status": "ready"}}
        content = json.dumps(answers.get(self.path, {"echo": body["state"]})).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


HTTPServer(("127.0.0.1", int(os.environ["VIRTUAL_PORT"])), Handler).serve_forever()
