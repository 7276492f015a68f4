"""Forms that servers can read back."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from hypothesis import given
from hypothesis import strategies as st

from slyflow.client.multipart import Part, encode


def parse(content: bytes, content_type: str) -> list[EmailMessage]:
    whole = f"Content-Type: {content_type}\r\n\r\n".encode() + content
    message = BytesParser(policy=policy.HTTP).parsebytes(whole)
    return [part for part in message.iter_parts() if isinstance(part, EmailMessage)]


@given(st.lists(st.binary(), min_size=1, max_size=4))
def test_any_bytes_come_back_in_order(contents: list[bytes]) -> None:
    body, content_type = encode([Part("file", content, f"{n}.bin") for n, content in enumerate(contents)])
    boundary = content_type.partition("boundary=")[2].encode()
    pieces = body.split(b"--" + boundary)[1:-1]
    assert [piece.split(b"\r\n\r\n", 1)[1][:-2] for piece in pieces] == contents


def test_fields_and_files_are_told_apart() -> None:
    name, file = parse(*encode([Part("name", b"a.txt"), Part("file", b"abc", "a.txt")]))
    assert name.get_filename() is None
    assert name.get_param("name", header="content-disposition") == "name"
    assert file.get_filename() == "a.txt"
    assert file.get_payload(decode=True) == b"abc"


def test_a_name_cannot_add_headers() -> None:
    body, _ = encode([Part("file", b"", 'a"\r\nX-Evil: 1\r\n\r\n')])
    assert b"\r\nX-Evil" not in body
    assert b'filename="a%22%0D%0AX-Evil: 1%0D%0A%0D%0A"' in body
