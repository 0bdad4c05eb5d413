"""Closed classes of English words that tell a follow-up, and what a name is the name of."""

import json
from enum import StrEnum
from functools import cache
from importlib.resources import files


def word_set(words: str) -> frozenset[str]:
    """The words, which white space divides."""
    return frozenset(words.split())


class Gender(StrEnum):
    """What a personal pronoun says of its person."""

    FEMALE = "female"
    MALE = "male"


FEMALE_PRONOUNS = frozenset({"she", "her", "hers"})
MALE_PRONOUNS = frozenset({"he", "him", "his"})
PLURAL_PRONOUNS = frozenset({"they", "them", "their", "theirs"})
THING_PRONOUNS = frozenset({"it", "its"})
ALWAYS_POSSESSIVE = frozenset({"his", "its", "their", "hers", "theirs"})

QUESTION_WORDS = word_set("who whom whose what which when where why how")
AUXILIARIES = word_set(
    "is are was were be been am do does did has have had can could will would shall should may might must"
)
PREPOSITIONS = word_set(
    "about above according across after against along among around as at before behind below between beyond by"
    " despite during except for from in inside into like near of off on onto out over since than"
    " through throughout till to toward towards under until up upon via with within without"
)
CONJUNCTIONS = word_set("and but or nor so because if while although though whether")
_OTHER_FUNCTION = word_set(
    "a an the some any no not all both each every either neither other another such same much many more most few little"
    " less least own very too also just only even still yet again ever never always often now then there here i you he"
    " she it we they me him her us them my your his its our their mine yours hers ours theirs this that these those"
    " myself yourself himself herself itself ourselves themselves else please tell say yes one ones"
)
FUNCTION_WORDS = QUESTION_WORDS | AUXILIARIES | PREPOSITIONS | CONJUNCTIONS | _OTHER_FUNCTION
# What stands after "her" where it is no possessive, or after "that" where it stands alone.
ENDS_A_PHRASE = AUXILIARIES | PREPOSITIONS | CONJUNCTIONS | word_set("again anymore now then there here today")

# With capitals, and yet nobody's name: days, months, and words that begin a sentence.
CALENDAR = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december spring summer autumn fall winter jan feb mar apr jun jul aug sep sept oct nov"
    " dec"
)

_FEMALE_TITLES = word_set("mrs ms miss mme lady queen princess duchess empress madam sister dame baroness")
_MALE_TITLES = word_set("mr sir lord king prince duke emperor pope brother baron")
_TITLES = word_set(
    "dr prof professor president minister chancellor senator governor general colonel captain judge justice mayor"
    " ambassador secretary doctor rev saint st bishop archbishop cardinal rabbi chief coach director leader"
)
_FEMALE_NOUNS = word_set(
    "woman girl mother daughter wife sister aunt niece grandmother actress heroine widow girlfriend businesswoman"
    " spokeswoman chairwoman congresswoman queen princess"
)
_MALE_NOUNS = word_set(
    "man boy father son husband brother uncle nephew grandfather actor hero widower boyfriend businessman spokesman"
    " chairman congressman king prince"
)
GROUP_NOUNS = word_set(
    "band group team company party government crew family club duo trio couple army troops police union committee"
    " council league parliament firm agency members brothers sisters twins rebels protesters workers people"
)
THING_NOUNS = word_set(
    "album song single film movie book novel show series play game match race election war battle party company"
    " attack article paper magazine newspaper city town village country state region river island bridge building"
    " museum church school university college hospital station airport airline ship plane car law treaty agreement deal"
    " report study trial case scandal award prize tour concert storm flood earthquake fire disease virus vaccine drug"
    " plant investigation invasion statement testimony plan proposal visit meeting summit speech decision crackdown"
    " regime mission operation explosion crash accident bill ceremony exhibition theatre theater opera novel poem"
    " product device system service rule policy budget fund loan debt job position theory language religion painting"
    " factory mine project program programme organization organisation agency firm bank court committee council"
    " festival story comic episode season track record label dam port farm road line tower protest strike vote"
)
_ORGANISATION_WORDS = word_set(
    "inc ltd corp corporation company university college party club records band ministry department union league"
    " church museum court bank agency association committee council institute foundation group times post news press"
    " journal airlines railway hospital school army navy force orchestra society office bureau network nations"
    " states kingdom republic city county river island mountain lake street bridge park airport treaty act war festival"
)


PLACES = word_set(
    "afghanistan africa albania algeria america argentina armenia asia australia austria azerbaijan bangladesh belarus"
    " belgium bolivia bosnia brazil britain bulgaria california cambodia canada chile china colombia congo croatia cuba"
    " cyprus denmark ecuador egypt england estonia ethiopia europe finland florida france georgia germany ghana greece"
    " hungary iceland india indonesia iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya korea kosovo"
    " kuwait kyrgyzstan latvia lebanon libya lithuania luxembourg macedonia malaysia mali malta mexico moldova mongolia"
    " montenegro morocco myanmar nepal netherlands nigeria norway pakistan palestine panama paraguay peru philippines"
    " poland portugal qatar romania russia rwanda scotland senegal serbia singapore slovakia slovenia somalia spain"
    " sudan sweden switzerland syria taiwan tajikistan tanzania texas thailand tunisia turkey turkmenistan uganda"
    " ukraine uruguay usa us uk uzbekistan venezuela vietnam wales yemen zambia zimbabwe london paris berlin moscow"
    " kyiv kiev minsk warsaw vilnius riga tallinn brussels geneva vienna rome madrid washington chicago boston"
    " beijing tokyo delhi istanbul ankara cairo sydney toronto york seattle ohio"
    " virginia carolina alabama alaska arizona arkansas colorado connecticut delaware hawaii idaho illinois"
    " indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri"
    " montana nebraska nevada hampshire jersey oklahoma oregon pennsylvania tennessee utah vermont wisconsin wyoming"
    " dallas houston detroit philadelphia angeles francisco atlanta"
)


@cache
def given_names() -> dict[str, Gender]:
    """Given names that are one gender's nearly always, in lower case."""
    data = json.loads(files("qa_bot").joinpath("data/given_names.json").read_text(encoding="utf-8"))
    return {name: gender for gender in Gender for name in data[gender].split()}


def is_title(word: str) -> bool:
    """Whether the word, in lower case, stands before a person's name."""
    return word in _TITLES or word in _FEMALE_TITLES or word in _MALE_TITLES


def is_organisation(words: list[str]) -> bool:
    """Whether the words of a name, in lower case, are those of an organisation, a work or a place."""
    if not _ORGANISATION_WORDS.isdisjoint(words) or words[0] == "the" or words[-1] in PLACES:
        return True
    # "Texas Rangers", "Brooklyn Elks": no person, unless the first word is a given name.
    plural = len(words) > 1 and words[-1].endswith("s") and not words[-1].endswith("ss")
    return plural and words[0] not in given_names() and not is_title(words[0])


def gender_of(words: list[str], before: str) -> Gender | None:
    """The gender that a name's own words, in lower case, and the word before it tell; None where they do not."""
    for told, titles, nouns in (
        (Gender.FEMALE, _FEMALE_TITLES, _FEMALE_NOUNS),
        (Gender.MALE, _MALE_TITLES, _MALE_NOUNS),
    ):
        if before in titles or before in nouns or words[0] in titles:
            return told
    names = [word for word in words if word not in _TITLES]
    if names and (gender := given_names().get(names[0])):
        return gender
    # Of Slavic surnames the ending tells; masculine ones end like any other name.
    if names and names[-1].endswith(("skaya", "skaja", "skaia", "tskaya", "ovna", "evna", "ouskaya", "owska", "nova")):
        return Gender.FEMALE
    return None
