"""Questions that ask for several answers: "Which countries lent money?"."""

from qa_bot.text import words

_ASKING = frozenset(["which", "what"])
_NUMBERS = frozenset(["other", "two", "three", "four", "five"])
# Words in "-s" that are no plural of anything.
_SINGULAR = ("ss", "us", "is", "as", "'s", "’s")
_VERBS = frozenset(str.split("are were do did have had can could will would should may might must of"))
# Verbs of news that are irregular in the past.
_PAST = frozenset(
    str.split(
        "lent gave sent took made won lost met sold bought built held led left ran came went saw said told paid broke"
        " began fell grew rose spoke stood kept brought fought hit cut put set struck withdrew became wrote got caught"
        " burned burnt sank spent taught thought won drew drove ate chose flew forbade found froze hid knew laid lay"
        " shot shut sang sought shook threw understood wore"
    )
)


def asks_for_several(question: str) -> bool:
    """Whether a noun in the plural follows "which" or "what": a verb in the plural or the past, or "of", comes next.

    "What happens when ...?" and "Which river separates ...?" have no such noun.
    """
    found = [question[start:end].lower() for start, end in words(question)]
    if not found or found[0] not in _ASKING:
        return False
    noun, following = [*found[2 if found[1:2] and found[1] in _NUMBERS else 1 :], "", ""][:2]
    if not noun.endswith("s") or noun.endswith(_SINGULAR):
        return False
    return following in _VERBS or following.endswith("ed") or following in _PAST
