import subprocess
import sys
from pathlib import Path

import pytest
from encoder_double import MODEL

from qa_bot.indexing import update_index

# Ends only if no thread waits for another for ever: that would hold the whole process, and this test with it.
_ASKED_BY_EIGHT = """
import sys
from pathlib import Path
from threading import Thread
from qa_bot.index.generation import open_index
from qa_bot.types import Filters

index = open_index(Path(sys.argv[1]))
asked = [
    lambda: index.store.articles(),
    lambda: index.store.stories_of_rows(range(20)),
    lambda: index.store.names(),
    lambda: index.selector.select(Filters(authors=("holm",), sources=("ferry",))),
]
threads = [Thread(target=lambda ask=ask: [ask() for _ in range(300)]) for ask in asked * 2]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.usefixtures("small_model")
def test_threads_never_wait_for_each_other(tmp_path: Path) -> None:
    """Eight threads that list articles, read rows and select by filters all come to an end."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number in range(40):
        text = f"---\nauthor: A. Holm\nsource: Ferry News\n---\nArticle {number}\n\nThe ferry left at {number}."
        (corpus / f"{number}.md").write_text(text, encoding="utf-8")
    index = tmp_path / "index"
    update_index(corpus, index, embedding_model=MODEL, precision="fp32", progress=lambda *_: None)
    subprocess.run([sys.executable, "-c", _ASKED_BY_EIGHT, str(index)], check=True, timeout=60)
