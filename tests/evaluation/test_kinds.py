import pytest

from qa_bot.evaluation.kinds import Kind, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who's there?", Kind.WHO),
        ("To whom was it sold?", Kind.WHO),
        ("when did it begin", Kind.WHEN),
        ("Where is it?", Kind.WHERE),
        ("About how many came?", Kind.HOW_MANY),
        ("How much is it?", Kind.HOW_MANY),
        ("How", Kind.HOW),
        ("How is it that many came?", Kind.HOW),
        ("WHY?", Kind.WHY),
        ("In which year did the man who won die?", Kind.WHAT),
        ("Did the man who won die?", Kind.YES_NO),
        ("Name the winner.", Kind.OTHER),
        ("Whatever", Kind.OTHER),
        ("Кто победил?", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_kind_of(question: str, kind: Kind) -> None:
    """The kind is that of the first question word, or yes-no where the question begins with a verb."""
    assert kind_of(question) is kind
