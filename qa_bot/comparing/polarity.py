"""Whether the words that answer a yes-or-no question affirm or deny."""

import re

_CLAUSES = re.compile(r"[,;:]\s|\s(?:because|although|though|while|but|which|who|when|after|before|since|so)\s")
_NEGATION = re.compile(
    r"\b(?:not|never|no|nobody|none|nothing|neither|nor|without|hardly|cannot|failed to|refused to|unable to|denied"
    r"|denies|denying|ruled out|rejected|refuted|false|untrue)\b|n[’']t\b",
    re.IGNORECASE,
)


def affirms(sentence: str, start: int, end: int) -> bool | None:
    """Whether the clause around `sentence[start:end]` affirms; None where it denies twice or more, which is unclear."""
    bounds = [match.span() for match in _CLAUSES.finditer(sentence)]
    first = max((stop for _, stop in bounds if stop <= start), default=0)
    last = min((begin for begin, _ in bounds if begin >= end), default=len(sentence))
    denials = len(_NEGATION.findall(sentence, first, last))
    return None if denials > 1 else denials == 0
