"""Which language a text is in, told by its script and its function words, so that its words can be stemmed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_LOOKED_AT: Final = 20_000
"""Characters of a text that are looked at: enough for any language to show."""

# Function words, folded, without those that tell something in another of these languages (war, man, era, comment).
# English, with the pieces that an apostrophe leaves: don't, we'll, it's, I've.
_ENGLISH: Final = """
    a about above after again all also am an and any are as at be because been before being below between both but by
    can could d did do does doing don down during each few for from further had has have having he her here hers
    herself him himself his how i if in into is it its itself just ll m me more most my myself no nor not now of off
    on once only or other our ours ourselves out over own please re s same shall she should so some such t tell than
    that the their theirs them themselves then there these they this those through to too under until up ve very was
    we were what when where which while who whom whose why will with would you your yours yourself yourselves
"""
_GERMAN: Final = """
    aber als am an auch auf aus bei beim bis bist bitte da damit dann das dass dein deine dem den der des dessen dich
    die diese diesem diesen dieser dieses dir doch du durch ein eine einem einen einer eines er es euch euer für gibt
    habe haben hatte hatten hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist jede jedem jeden jeder
    jedes kann kein keine keinem keinen keiner können mein meine mich mir mit muss nach nicht noch nur ob oder ohne
    sehr sein seine seinem seinen seiner sich sie sind so soll sollte über um und uns unser unsere unter vom von vor
    waren warum was wegen weil welche welchem welchen welcher welches wenn wer werden wie wieder will wir wird wo
    wurde wurden zu zum zur zwischen
"""
# French, with the pieces that an apostrophe leaves: l'article, d'un, qu'il, n'est, c'est.
_FRENCH: Final = """
    au aux avec c ce ceci cela ces cet cette ceux comme d dans de des donc dont du elle elles en est et était être eu
    eux fait fut ici il ils j je l la laquelle le lequel les lesquels leur leurs lui m ma mais me mes moi mon n ne nos
    notre nous on ont ou où par pas peut plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans
    se ses si sont sous sur t ta te tes toi tous tout toute toutes tu un une vos votre vous y à
"""
_SPANISH: Final = """
    al algo ante antes aunque como con contra cual cuál cuales cuáles cuando cuándo de del desde donde dónde e el él
    ella ellas ellos en entre es esa esas ese eso esos esta está están estas este esto estos ha han hasta hay la las
    le les lo los más me mi mis muy nada ni no nos nosotros o otra otras otro otros para pero por porque que qué quien
    quién quienes se según ser si sí sobre su sus también te tiene tu tú un una unas uno unos usted y ya yo
"""
STOP_WORDS: Final = frozenset(f"{_ENGLISH} {_GERMAN} {_FRENCH} {_SPANISH}".split())
"""Words that say nothing about what a question of one of these languages is about."""

# Of languages whose questions are searched with all of their words, a few that no other of these has as often.
_TELLING: Final = {
    "english": frozenset(_ENGLISH.split()),
    "german": frozenset(_GERMAN.split()),
    "french": frozenset(_FRENCH.split()),
    "spanish": frozenset(_SPANISH.split()),
    "italian": frozenset(
        """il lo la gli le di del della dei delle nel nella che è e per con una uno un si non sono alla al dal
        anche come più quale quali quando dove chi cosa perché questo questa ha""".split()
    ),
    "portuguese": frozenset(
        """o os as um uma de do da dos das no na nos nas que é e para com não por mais como foi ao pelo pela qual
        quais quando onde quem são seu sua em""".split()
    ),
    "dutch": frozenset(
        """de het een en van in is dat op te zijn voor met niet aan er om ook als door naar bij wat wie waar welke
        wanneer hoe werd deze dit of uit""".split()
    ),
    "swedish": frozenset(
        "och att det som en på är av för med den till inte om ett har de vad vem hur när vilka".split()
    ),
    "danish": frozenset(
        "og at det som en på er af for med den til ikke et har de hvad hvem hvor hvordan hvilke".split()
    ),
    "polish": frozenset("i w na z do się nie że jest to od po jak co czy dla przez oraz który która które ile".split()),
    "romanian": frozenset(
        "și în de la cu a al ale este pe că nu un o din care pentru ce cine când unde cât prin".split()
    ),
    "turkish": frozenset("ve bir bu da de ile için ne mi mı olarak kim nerede hangi kaç nasıl gibi daha olan".split()),
}
_CODES: Final = dict(
    pair.split(":")
    for pair in (
        "ar:arabic hy:armenian eu:basque ca:catalan cs:czech da:danish nl:dutch en:english et:estonian fi:finnish"
        " fr:french de:german el:greek hi:hindi hu:hungarian id:indonesian ga:irish it:italian lt:lithuanian"
        " ne:nepali no:norwegian nb:norwegian fa:persian pl:polish pt:portuguese ro:romanian ru:russian sr:serbian"
        " es:spanish sv:swedish ta:tamil tr:turkish yi:yiddish"
    ).split()
)
_SCRIPTS: Final = {
    "CYRILLIC": "russian",
    "GREEK": "greek",
    "ARABIC": "arabic",
    "DEVANAGARI": "hindi",
    "TAMIL": "tamil",
    "ARMENIAN": "armenian",
}


def language(text: str) -> str:
    """The language of `text` by the name that Snowball gives its stemmer, "" where none is told or none is known."""
    words = _WORD.findall(unicodedata.normalize("NFC", text[:_LOOKED_AT]).casefold())
    scripts = Counter(_script(word[0]) for word in words if word[0].isalpha())
    if not scripts:
        return ""
    script = scripts.most_common(1)[0][0]
    if script != "LATIN":
        return _SCRIPTS.get(script, "")
    often = Counter(words)
    votes = Counter({name: sum(often[word] for word in telling) for name, telling in _TELLING.items()})
    name, most = votes.most_common(1)[0]
    return name if most else ""


def stemmer(code: str) -> str:
    """Snowball's name for a language by its ISO 639-1 code, "" where it has none."""
    return _CODES.get(code, "")


@lru_cache(1 << 12)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ", 1)[0]
