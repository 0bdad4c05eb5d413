import json
from dataclasses import replace
from pathlib import Path

import pytest
from manifest_double import MANIFEST

from qa_bot.errors import IndexUnavailable
from qa_bot.index.manifest import FORMAT, MANIFEST_FILE, Manifest, file_sizes, load_manifest


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """The manifest of a folder with two files, written there."""
    (tmp_path / "encoder").mkdir()
    (tmp_path / "encoder" / "model.onnx").write_bytes(b"12345")
    (tmp_path / "passages.faiss").write_bytes(b"123")
    made = replace(MANIFEST, corpus="corpus/č", precision="fp32", support={"data": "d"}, files=file_sizes(tmp_path))
    made.write(tmp_path)
    return made


def test_round_trip(manifest: Manifest, tmp_path: Path) -> None:
    """A manifest is read as it was written, with the sizes of all files below its folder."""
    assert manifest.files == {"encoder/model.onnx": 5, "passages.faiss": 3}
    assert load_manifest(tmp_path) == manifest
    assert '"corpus": "corpus/č"' in (tmp_path / MANIFEST_FILE).read_text(encoding="utf-8")


def test_other_format(manifest: Manifest, tmp_path: Path) -> None:
    """Another format is refused with both numbers and the command that mends it."""
    replace(manifest, format=FORMAT + 1).write(tmp_path)
    with pytest.raises(
        IndexUnavailable,
        match=rf"has format {FORMAT + 1}, this version reads format {FORMAT}: run `qa-bot index --rebu",
    ):
        load_manifest(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"text"', b"{}", b'{"format": %d}' % FORMAT]
)
def test_garbage(manifest: Manifest, tmp_path: Path, content: bytes) -> None:
    """What is no manifest is refused with the command that mends it."""
    del manifest
    (tmp_path / MANIFEST_FILE).write_bytes(content)
    with pytest.raises(IndexUnavailable, match=r"manifest.*run `qa-bot index --rebuild`"):
        load_manifest(tmp_path)


@pytest.mark.parametrize("files", [None, 3, {"passages.faiss": "three"}, ["passages.faiss"]])
def test_garbage_in_the_files(manifest: Manifest, tmp_path: Path, files: object) -> None:
    """A list of files that is none is damage, too."""
    del manifest
    data = json.loads((tmp_path / MANIFEST_FILE).read_text(encoding="utf-8"))
    (tmp_path / MANIFEST_FILE).write_text(json.dumps({**data, "files": files}), encoding="utf-8")
    with pytest.raises(IndexUnavailable, match=r"damaged.*run `qa-bot index --rebuild`"):
        load_manifest(tmp_path)


def test_missing_manifest(tmp_path: Path) -> None:
    """A folder without a manifest is refused with the command that mends it."""
    with pytest.raises(IndexUnavailable, match=r"no manifest.*run `qa-bot index --rebuild`"):
        load_manifest(tmp_path)


def test_truncated_file(manifest: Manifest, tmp_path: Path) -> None:
    """A file that was cut off is named with the size it has and the size it should have."""
    del manifest
    (tmp_path / "passages.faiss").write_bytes(b"1")
    with pytest.raises(
        IndexUnavailable, match=r"passages\.faiss has 1 bytes and should have 3\): run `qa-bot index --"
    ):
        load_manifest(tmp_path)


def test_missing_file(manifest: Manifest, tmp_path: Path) -> None:
    """A file that is gone is named."""
    del manifest
    (tmp_path / "encoder" / "model.onnx").unlink()
    with pytest.raises(IndexUnavailable, match=r"model\.onnx is missing\): run `qa-bot index --rebuild`"):
        load_manifest(tmp_path)
