"""Tests of slyflow.catalog.tar: what Python's tarfile writes is read, everything else is refused."""

import contextlib
import gzip
import io
import tarfile
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slyflow.catalog.tar import BLOCK, ArchiveError, Limits, read_tar

Member = tuple[str, bytes, bytes]
FILE, FOLDER = tarfile.REGTYPE, tarfile.DIRTYPE


def archive(*members: Member, form: int = tarfile.PAX_FORMAT, mode: int = 0o644) -> bytes:
    """Return a tar of (name, type, content)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as written:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.size, info.linkname = kind, mode, len(content), "/etc/passwd"
            written.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def read(content: bytes, limits: Limits | None = None) -> dict[str, bytes]:
    """Return the files of an archive by their paths; a folder's content is the word `folder`."""
    found = {}
    for entry, pieces in read_tar(io.BytesIO(content), limits or Limits()):
        held = b"".join(pieces)
        assert len(held) == entry.size
        found["/".join(entry.path)] = b"folder" if entry.is_folder else held
    return found


def raw(
    name: bytes = b"a", size: bytes = b"00000000001\0", kind: bytes = b"0", content: bytes = b"x"
) -> bytes:
    """Return a tar of one header made by hand."""
    head = bytearray(BLOCK)
    head[0 : len(name)] = name
    head[100:108] = b"0000644\0"
    head[124:136] = size
    head[156:157] = kind
    head[257:265] = b"ustar\x0000"
    head[148:156] = b"%06o\0 " % (sum(head) + 8 * 32)
    return bytes(head) + content + bytes(-len(content) % BLOCK) + bytes(2 * BLOCK)


NAME = st.text(
    st.characters(blacklist_categories=["C", "Z"], blacklist_characters="/\\:"), min_size=1
).filter(lambda name: name not in (".", "..") and len(name.encode()) <= 255)
PATHS = st.lists(NAME, min_size=1, max_size=6).map("/".join)


@settings(max_examples=60)
@given(
    files=st.dictionaries(PATHS, st.binary(max_size=2000), max_size=5),
    form=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
    packed=st.booleans(),
)
@example(files={"x" * 200 + "/" + "y" * 200: b"1", "é": b""}, form=tarfile.GNU_FORMAT, packed=True)
def test_what_tarfile_writes_is_read(files: dict[str, bytes], form: int, *, packed: bool) -> None:
    written = archive(*((name, FILE, content) for name, content in files.items()), form=form)
    assert read(gzip.compress(written) if packed else written) == files


def test_old_formats_are_read() -> None:
    long = "d" * 90 + "/" + "f" * 90
    ustar = archive((long, FILE, b"1"), ("folder", FOLDER, b""), form=tarfile.USTAR_FORMAT)
    assert read(ustar) == {long: b"1", "folder": b"folder"}
    assert read(raw(b"v7/", b"0\0", b"\0", b"")) == {"v7": b"folder"}


def test_the_top_itself_and_dots_are_no_entries() -> None:
    assert read(archive(("./", FOLDER, b""), ("./a/./b", FILE, b"1"))) == {"a/b": b"1"}


def test_only_the_owner_s_executable_bit_counts() -> None:
    for mode, executable in ((0o4755, True), (0o100, True), (0o655, False), (0o644, False)):
        ((entry, _),) = read_tar(io.BytesIO(archive(("a", FILE, b""), mode=mode)))
        assert entry.is_executable is executable


def test_a_comment_of_git_is_skipped() -> None:
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "f" * 40}
    ) as written:
        written.addfile(tarfile.TarInfo("a"), io.BytesIO())
    assert read(buffer.getvalue()) == {"a": b""}


def test_a_stream_of_several_gzip_members_is_one_tar() -> None:
    written = archive(("a", FILE, b"1" * 5000), ("b", FILE, b"2"))
    packed = gzip.compress(written[:700]) + gzip.compress(written[700:])
    assert read(packed) == {"a": b"1" * 5000, "b": b"2"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../evil", "outside"),
        ("/evil", "outside"),
        ("a/../../evil", "outside"),
        ("C:/evil", "outside"),
        ("a\\..\\evil", "backslash"),
        ("//server/share", "outside"),
        ("a\nb", "control character"),
        ("x" * 256, "too long"),
        ("/".join(["x" * 200] * 30), "too long"),
    ],
)
def test_names_that_lead_out_or_astray_are_refused(name: str, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        read(archive((name, FILE, b"x")))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (tarfile.SYMTYPE, "a symbolic link"),
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "a pipe"),
        (tarfile.CONTTYPE, "of an unknown kind"),
        (tarfile.GNUTYPE_SPARSE, "a sparse file"),
    ],
)
def test_links_devices_and_the_like_are_refused(kind: bytes, said: str) -> None:
    with pytest.raises(ArchiveError, match=f"'odd', which is {said}"):
        read(raw(b"odd", kind=kind))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (raw(size=b"\xff" * 12), "no number"),  # a negative size, which tarfile follows for ever
        (raw(size=b"\x80" + b"\xff" * 11), "more than"),
        (raw(size=b"-1\0" + bytes(9)), "no number"),
        (raw(size=b"1_0\0" + bytes(8)), "no number"),
        (raw(name=b"\xff\xfe"), "not UTF-8"),
        (raw(name=b""), "without a name"),
        (raw()[:300], "cut off"),
        (raw()[: BLOCK + 1], "cut off"),
        (b"", "cut off"),
        (b"PK\x03\x04" + bytes(BLOCK), "checksum"),
        (raw(kind=b"x", size=b"77777777777\0"), "a header of"),
        (raw(kind=b"x", content=b"nonsense"), "malformed"),
        (raw(kind=b"x", size=b"00000000016\0", content=b"14 path=abcdef"), "malformed"),
        (raw(kind=b"x", size=b"00000000014\0", content=b"12 size=-10\n"), "a size is no number"),
        (raw(kind=b"x", size=b"00000000027\0", content=b"23 GNU.sparse.major=10\n"), "a sparse file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_damaged_archives_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        read(content)


def test_limits_hold() -> None:
    many = archive(*((f"f{number}", FILE, b"") for number in range(4)))
    assert len(read(many, Limits(entries=4))) == 4
    with pytest.raises(ArchiveError, match="more than 3 files"):
        read(many, Limits(entries=3))
    with pytest.raises(ArchiveError, match="more than 9 bytes"):
        read(archive(("a", FILE, b"12345"), ("b", FILE, b"12345")), Limits(size=9))


def test_a_bomb_is_defused_early() -> None:
    packer = zlib.compressobj(wbits=31)
    head = raw(size=b"\x80" + (1 << 30).to_bytes(11), content=b"")[:BLOCK]
    bomb = (
        packer.compress(head) + b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    )
    assert len(bomb) < 1 << 18
    with pytest.raises(ArchiveError, match="more than 100 times its size"):
        read(bomb)


def test_a_gzip_that_was_changed_or_cut_is_refused() -> None:
    packed = bytearray(gzip.compress(archive(("a", FILE, b"1"))))
    with pytest.raises(ArchiveError, match="cut off"):
        read(bytes(packed[:-4]))
    packed[-6] ^= 1
    with pytest.raises(ArchiveError, match="does not unpack"):
        read(bytes(packed))


WHOLE = archive(("app/a", FILE, b"1" * 600), ("x" * 150, FILE, b"2"), ("app/d", FOLDER, b""))


@settings(max_examples=300)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6),
    length=st.integers(0, len(WHOLE)),
    packed=st.booleans(),
)
def test_whatever_is_wrong_is_an_archive_error(
    changes: list[tuple[int, int]], length: int, *, packed: bool
) -> None:
    content = bytearray(WHOLE)
    for place, byte in changes:
        content[place] = byte
        # A right checksum lets the change through to where it matters.
        start = place // BLOCK * BLOCK
        head = content[start : start + BLOCK]
        content[start + 148 : start + 156] = b"%06o\0 " % (sum(head) - sum(head[148:156]) + 8 * 32)
    cut = bytes(content[:length]) if length % 7 == 0 else bytes(content)
    with contextlib.suppress(ArchiveError):
        read(gzip.compress(cut) if packed else cut)
