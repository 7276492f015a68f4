"""What apps of the older engine need: their event stream with its stop frame, and their log."""

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

from tests.instance.server import Server, environment_of, make_app, until

LEGACY = """
import json, os, time, urllib.request
headers = {"x-token": os.environ["AGENT_TOKEN"], "x-task-id": os.environ["TASK_ID"],
           "Content-type": "application/octet-stream"}
url = os.environ["SERVER_ADDRESS"] + "/agent/GetGeneralEventsStream"
stream = urllib.request.urlopen(urllib.request.Request(url, b"x", headers))
assert int.from_bytes(stream.read(4), "big") == 0
done = {"message": "Stop app", "level": "info", "event_type": "EventType.APP_FINISHED"}
print(json.dumps(done), flush=True)
while not (length := int.from_bytes(stream.read(4), "big")): pass
frame = stream.read(length)
assert frame[0] == 0x0A and frame[1:2][0] == len("stop") and frame[2:6] == b"stop", frame
assert frame[6] == 0x12 and json.loads(frame[8:])["command"] == "stop", frame
assert stream.read() == b""
print("clean end", flush=True)
"""


def test_app_that_says_it_is_done_gets_the_stop_frame_and_the_streams_end(
    server: Server, tmp_path: Path
) -> None:
    session = server.run(server.add_app(make_app(tmp_path / "legacy", LEGACY)))
    assert server.wait(session)["status"] == "finished", server.log(session)
    assert server.log(session).endswith("clean end")


def test_log_lines_in_protobuf_join_the_log(server: Server, tmp_path: Path) -> None:
    code = "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(600)"
    session = server.run(server.add_app(make_app(tmp_path / "logs", code)))
    token = environment_of(int(server.saying(session, "pid ").split()[1]))["API_TOKEN"]
    line = json.dumps({"message": "m" * 300, "level": "error"}).encode()
    length = bytes([len(line) & 0x7F | 0x80, len(line) >> 7])

    def post(body: bytes) -> int:
        connection = http.client.HTTPConnection(urlsplit(server.address.url).netloc, timeout=10)
        headers = {"x-token": token, "content-type": "application/octet-stream"}
        connection.request("POST", "/agent/Log", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    assert post(b"\x0a" + length + line) == 200
    until(lambda: server.log(session), lambda log: "m" * 300 in log)
    assert post(b"") == 200
    assert post(b"\x0a\xff") == 400
    assert post(b"\x12\x01x") == 400
    server.call("tasks.stop", {"id": session})


def test_user_has_no_event_stream(server: Server) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.address.url).netloc, timeout=10)
    headers = {"x-api-key": server.address.token.reveal(), "content-type": "application/octet-stream"}
    connection.request("POST", "/agent/GetGeneralEventsStream", b"", headers)
    assert connection.getresponse().status == 403
    connection.close()
