import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import pytest
from encoder_double import MODEL
from permissions import unwritable

from qa_bot.errors import IndexUnavailable
from qa_bot.index.generation import current_folder, open_index
from qa_bot.indexing import BuildReport, update_index
from qa_bot.pipeline import Pipeline

pytestmark = pytest.mark.usefixtures("small_model")

MILL = "The mill\n\nThe mill burned down in 1902. Nobody was hurt."
QUESTION = "When did the mill burn down?"


def _update(corpus: Path, index: Path) -> BuildReport:
    return update_index(corpus, index, embedding_model=MODEL, precision="fp32", progress=lambda *_: None)


def _quoted(index: Path) -> list[tuple[str, str]]:
    return [(one.citation.article.id, one.citation.text) for one in Pipeline.open(index).ask(QUESTION).evidence]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One article."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "mill.txt").write_text(MILL, encoding="utf-8")
    return folder


def test_odd_files(corpus: Path, tmp_path: Path) -> None:
    """Whatever lies in the folder: articles are read under their own names, the rest is named or passed by."""
    (tmp_path / "outside.txt").write_text("Outside\n\nThis lies elsewhere.", encoding="utf-8")
    deep = corpus.joinpath(*["deep"] * 200)
    deep.mkdir(parents=True)
    names = [
        "two\nlines.txt",
        "🙂 mill.txt",
        "a" * 251 + ".txt",
        " .txt",
        "-rf.txt",
        "ＭＩＬＬ.txt",
        "'; DROP TABLE.txt",
    ]
    for name in names:
        (corpus / name).write_text(f"{name}\n\nText of {name!r}.", encoding="utf-8")
    (deep / "below.txt").write_text("Below\n\nFar down.", encoding="utf-8")
    (corpus / os.fsdecode(b"caf\xe9.txt")).write_text("Coffee\n\nText.", encoding="utf-8")
    (corpus / "linked.txt").symlink_to(tmp_path / "outside.txt")
    (corpus / "loop").symlink_to(corpus)
    (corpus / "self.txt").symlink_to("self.txt")
    (corpus / "device.txt").symlink_to("/dev/zero")
    (corpus / "folder.txt").mkdir()
    os.mkfifo(corpus / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.path.relpath(corpus / "socket.txt"))
    report = _update(corpus, tmp_path / "index")
    found = {article.id for article in open_index(tmp_path / "index").store.articles()}
    assert found == {"mill.txt", "linked.txt", deep.relative_to(corpus).as_posix() + "/below.txt", *names}
    no_file = "It is a broken link, or not a regular file."
    assert {skipped.path.removeprefix(f"{corpus}/"): skipped.reason for skipped in report.skipped} == {
        "caf\\xe9.txt": "There is half a character (a lone surrogate) in the name, the text or a field.",
        "device.txt": no_file,
        "pipe.txt": no_file,
        "self.txt": no_file,
        "socket.txt": no_file,
    }


@pytest.mark.parametrize(
    ("texts", "quoted"),
    [
        pytest.param(["Word"], "Word", id="a corpus of one word"),
        pytest.param(["🙂🙂🙂🎉\n\n🚀🚀 🙂"], "🙂🙂🙂🎉", id="nothing but emoji"),
        pytest.param([MILL] * 50, "The mill burned down in 1902.", id="fifty identical articles"),
    ],
)
def test_odd_articles(tmp_path: Path, texts: list[str], quoted: str) -> None:
    """They are indexed and asked like any others, and a story is shown once."""
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    assert _update(tmp_path, tmp_path / "index").articles == len(texts)
    turn = Pipeline.open(tmp_path / "index").ask(QUESTION)
    shown = [one.citation.text for one in turn.evidence]
    assert shown[0].startswith(quoted)
    assert len(open_index(tmp_path / "index").store.copies(["0.txt"]).get("0.txt", ())) == len(texts) - 1


def test_ten_thousand_tiny_files(corpus: Path, tmp_path: Path) -> None:
    """Each is an article that can be quoted; when one more comes, the others are not read again."""
    for number in range(10_000):
        folder = corpus / str(number // 500)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.txt").write_text(f"Gate {number}\n\nIt closed.", encoding="utf-8")
    index = tmp_path / "index"
    assert _update(corpus, index).articles == 10_001
    assert ("mill.txt", MILL.partition("\n\n")[2].partition(". ")[0] + ".") in _quoted(index)
    (corpus / "new.txt").write_text("Gate new\n\nIt opened.", encoding="utf-8")
    report = _update(corpus, index)
    assert (report.added, report.unchanged) == (1, 10_001)


def test_clock_set_back(corpus: Path, tmp_path: Path) -> None:
    """A file of the same size with the same time of writing, or one from the future or the past, is seen to differ."""
    index = tmp_path / "index"
    _update(corpus, index)
    mill = corpus / "mill.txt"
    for year, shift in (("1903", 10**9), ("1904", 0), ("1905", -(10**9))):
        stamp = mill.stat().st_mtime_ns + shift
        mill.write_text(MILL.replace("1902", year), encoding="utf-8")
        os.utime(mill, ns=(stamp, stamp))
        assert _update(corpus, index).changed == 1
        assert year in _quoted(index)[0][1]


def test_read_only_index(corpus: Path, tmp_path: Path) -> None:
    """An index that cannot be written answers as before; building says in a sentence that it cannot."""
    _update(corpus, tmp_path / "index")
    before = _quoted(tmp_path / "index")
    public = Path(mkdtemp())
    try:
        public.chmod(0o755)
        shutil.copytree(tmp_path / "index", public / "index")
        shutil.copytree(corpus, public / "corpus")
        (public / "corpus" / "new.txt").write_text("New\n\nText.", encoding="utf-8")
        with unwritable(public):
            assert _quoted(public / "index") == before
            with pytest.raises(IndexUnavailable, match=r"cannot be written \(Permission denied\): choose another"):
                _update(public / "corpus", public / "index")
        assert current_folder(public / "index").name == "1"
    finally:
        shutil.rmtree(public)
    assert before[0] == ("mill.txt", "The mill burned down in 1902.")


# On a disk of so many KB with an index on it: a build, and then what generations are left.
_ON_A_DISK = """
mount -t tmpfs -o size="$1"k none "$2" && cp -r "$3" "$2/index" && "$4" "$5" "$6" "$2/index" "$7"
ls "$2/index/generations"
"""


@pytest.mark.parametrize("kilobytes", [1100, 2000])
def test_full_disk(corpus: Path, tmp_path: Path, small_reader: Path, kilobytes: int) -> None:
    """On a disk that is too small a build says so in one sentence, and the old generation alone is left."""
    index, disk = tmp_path / "index", tmp_path / "disk"
    disk.mkdir()
    _update(corpus, index)
    (corpus / "many.txt").write_text("Many\n\n" + "".join(f"Sentence {n} is here.\n\n" for n in range(20_000)))
    script = Path(__file__).with_name("build_process.py")
    arguments = [str(path) for path in (disk, index, sys.executable, script, corpus, small_reader)]
    mounted = subprocess.run(
        ["unshare", "-rm", "sh", "-c", _ON_A_DISK, "sh", str(kilobytes), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    said = mounted.stdout
    if "error:" not in said:  # no disk can be mounted here: files may not grow further instead
        limited = [sys.executable, str(script), str(corpus), str(index), str(small_reader), str(kilobytes * 300)]
        said = subprocess.run(limited, capture_output=True, text=True, check=False).stdout
        said += "\n".join(sorted(path.name for path in (index / "generations").iterdir())) + "\n"
    told, *left = said.splitlines()
    assert told.startswith("error: The index cannot be written in ")
    assert told.endswith(": what was there before is unchanged.")
    assert left == ["1"]
