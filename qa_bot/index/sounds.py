"""How a word sounds, roughly, and how it is written in Latin letters: what spellings of one name have in common."""

import unicodedata

# fmt: off
# Romanisation as newspapers write Belarusian, Russian and Ukrainian names.
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "yo", "є": "ye", "ж": "zh", "з": "z",
    "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ы": "y", "э": "e", "ю": "yu", "я": "ya", "ъ": "", "ь": "",
}
# Letters without a decomposition that are written otherwise where they are missing.
_PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
# Several letters that stand for one sound, the longest first.
_TOGETHER = {
    "shch": "s",
    "tsch": "s",
    "sch": "s",
    "tch": "s",
    "ch": "s",
    "cz": "s",
    "sh": "s",
    "sz": "s",
    "zh": "s",
    "ts": "t",
    "tz": "t",
    "kh": "k",
    "gh": "k",
    "ph": "f",
    "th": "t",
    "dh": "d",
    "ck": "k",
    "qu": "k",
    "x": "ks",
}
# fmt: on
# What English newspapers write as on the right, German ones write so; capitals stand for what was done already.
_FROM_GERMAN = {"schtsch": "S", "tsch": "C", "sch": "sh", "ch": "kh", "w": "v", "j": "y", "S": "shch", "C": "ch"}
_ALIKE = str.maketrans({"g": "k", "h": "k", "q": "k", "c": "k", "z": "s", "j": "y"})
_VOWELS = frozenset("aeiouy")
# "Tikhanovskaya" and "Tsikhanouskaya": between vowels and consonants one tongue says u where the other says v.
_GLIDES = frozenset("vw")


def latin(word: str) -> str:
    """The word in lower case and plain Latin letters, as far as it can be written in them."""
    letters = "".join(_LATIN.get(letter, letter) for letter in word.lower())
    plain = unicodedata.normalize("NFD", "".join(_PLAIN.get(letter, letter) for letter in letters))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def from_german(word: str) -> str:
    """The word, written by `latin`, as English writes what German writes so: "tichanowskaja" is "tikhanovskaya"."""
    for letters, ours in _FROM_GERMAN.items():
        word = word.replace(letters, ours)
    return word


def sound(word: str) -> str:
    """The consonants of a word written by `latin`, those that sound alike as one, none twice in a row."""
    for letters, one in _TOGETHER.items():
        word = word.replace(letters, one)
    word = word.translate(_ALIKE)
    kept = ["a" if word[:1] and word[0] in _VOWELS else ""]
    for letter in word:
        if letter not in _VOWELS and letter not in _GLIDES and letter != kept[-1]:
            kept.append(letter)
    return "".join(kept)
