import json
import subprocess
import sys
from pathlib import Path

import pytest

# Only a build needs these; together they take seconds to import.
ONLY_FOR_BUILDS = [
    "torch",
    "sentence_transformers",
    "transformers",
    "huggingface_hub",
    "trafilatura",
    "charset_normalizer",
    "lxml",
    "onnx",
]
# And these only for evaluation.
ONLY_FOR_EVALUATION = ["sklearn", "scipy", "pandas", "ir_measures", "matplotlib"]

ASK = """
import json, sys
from pathlib import Path
from qa_bot.pipeline import Pipeline
turn = Pipeline.open(Path(sys.argv[1])).ask("Where has Tsikhanouskaya lived since 2020?")
print(json.dumps({"quote": turn.evidence[0].citation.text, "modules": list(sys.modules)}))
"""
COMMAND = """
import json, sys
from qa_bot.faces.cli import main
try:
    main(["ask", "--index", sys.argv[1], "Where has Tsikhanouskaya lived since 2020?", "--json"])
except SystemExit:
    pass
print(json.dumps({"modules": list(sys.modules)}))
"""


@pytest.mark.parametrize("program", [ASK, COMMAND], ids=["pipeline", "command"])
def test_a_question_imports_nothing_heavy(program: str, shipped_index: Path) -> None:
    """A question in a fresh process, by the pipeline or the command, loads no part of what only builds or measures."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(shipped_index)], capture_output=True, text=True, check=True
    )
    assert "exile in Lithuania" in done.stdout
    modules = set(json.loads(done.stdout.splitlines()[-1])["modules"])
    assert sorted(modules.intersection(ONLY_FOR_BUILDS + ONLY_FOR_EVALUATION)) == []
