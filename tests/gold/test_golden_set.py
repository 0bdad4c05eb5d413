import shutil
from collections import Counter
from pathlib import Path

import pytest
from golden import faults, read_golden

from qa_bot import indexing
from qa_bot.pipeline import Pipeline

HERE = Path(__file__).parent
SHIPPED_CORPUS = HERE.parent.parent / "corpus"


def _quiet(_stage: str, _done: int, _total: int | None) -> None:
    pass


@pytest.fixture(scope="module")
def golden_pipeline(shipped_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """The pipeline over the shipped article and those of the golden set, with the real models."""
    folder = tmp_path_factory.mktemp("golden")
    corpus, index = folder / "corpus", folder / "index"
    shutil.copytree(SHIPPED_CORPUS, corpus)
    shutil.copytree(HERE / "articles", corpus, dirs_exist_ok=True)
    shutil.copytree(shipped_index, index)  # its exported models are taken over
    indexing.update_index(corpus, index, embedding_model="all-MiniLM-L6-v2", precision="int8", progress=_quiet)
    return Pipeline.open(index)


def test_every_golden_question(golden_pipeline: Pipeline) -> None:
    """Every question of the golden set gets the reply that it must; all that do not are told at once."""
    wrong = [(golden, found) for golden in read_golden() if (found := faults(golden, golden_pipeline))]

    told = [f"{golden.id} {golden.question!r}\n    " + "\n    ".join(found) for golden, found in wrong]
    assert not wrong, f"{len(wrong)} golden questions fail:\n" + "\n".join(told)


def test_golden_ids_are_used_once() -> None:
    """No two questions of the golden set have one id."""
    ids = Counter(golden.id for golden in read_golden())
    assert [name for name, times in ids.items() if times > 1] == []
