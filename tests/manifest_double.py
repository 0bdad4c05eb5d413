"""The manifest of a small index, for tests that replace what they are about."""

from qa_bot.index.manifest import FORMAT, Manifest

MANIFEST = Manifest(
    format=FORMAT,
    generation=1,
    created="2026-01-02T03:04:05+00:00",
    corpus="corpus",
    articles=1200,
    passages=1,
    sentences=2,
    model="all-MiniLM-L6-v2",
    precision="int8",
    asked_precision="int8",
    dimension=384,
    window=256,
    fidelity=0.99,
    dense="Flat",
    recall=1.0,
    recall_of=1,
    reader="reader",
    support={},
    files={},
)
