import pytest

from qa_bot.choices import choices


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Did the fire start in the engine room or in the galley?", ("in the engine room", "in the galley")),
        ("Was the ship scrapped or sold?", ("scrapped", "sold")),
        ("Who paid more: Brenland or Ostermark?", ("Brenland", "Ostermark")),
        ("Is Anna Kessler or Otto Brandt the mayor?", ("Anna Kessler", "Otto Brandt")),
        ("Was it Anna Kessler or Otto Brandt?", ("Anna Kessler", "Otto Brandt")),
        ("Did the crew or the passengers start the fire?", ("the crew", "the passengers")),
        ("Did the council approve or reject the plan?", ("approve", "reject")),
        ("Has the dam been repaired or replaced since the flood?", ("repaired", "replaced")),
        ("Was the fire deliberate or an accident?", ("deliberate", "an accident")),
        ("Do cats or dogs sleep more?", ("cats", "dogs")),
        ("Is the train faster or slower than the bus?", None),
        ("Did it cost more or less than 5 million?", None),
        ("Did one or more people die?", None),
        ("Did 30 or so people come?", None),
        ("Is there a museum or something similar?", None),
        ("Did it close or not?", None),
        ("Was it red or green or blue?", None),
        ("Or what?", None),
        ("What was the percentage of Black or African-Americans living in the city?", None),
        ("Who won?", None),
        ("Was it the the or the a?", None),
    ],
)
def test_what_a_question_gives_to_choose_from(question: str, found: tuple[str, str] | None) -> None:
    """The two are slices of the question, from the same small word on or of as many words; else there are none."""
    assert choices(question) == found
    assert all(words in question for words in found or ())
