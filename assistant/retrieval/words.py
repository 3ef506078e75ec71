"""Search by words: the vault's full-text index, asked with the words of a question and nothing of its punctuation."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection
from typing import Final

from assistant.values import DocumentId, PassageId
from assistant.vault import Vault

_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 64
"""More words than any question has; a pasted page would only slow the search down."""
_LONGEST_QUESTION: Final = 20_000

# How much a word counts in the text, in a heading above it, and in the document's title: the title is the
# same for all passages of a document, so it can only tell documents apart.
_WEIGHTS: Final = "1.0, 1.5, 0.5"

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
_STOP_WORDS: Final = frozenset(f"{_ENGLISH} {_GERMAN} {_FRENCH} {_SPANISH}".split())


def content_words(text: str) -> tuple[str, ...]:
    """The words of `text` that carry its meaning: case-folded, each once, in the order they first come in.

    Function words of English, German, French and Spanish are left out, unless there is nothing else.
    """
    return tuple(_content(text))


def search(vault: Vault, question: str, limit: int, scope: Collection[DocumentId] | None = None) -> list[PassageId]:
    """At most `limit` passages that hold words of `question`, best first (BM25, FTS5's `bm25`).

    Endings are cut by FTS5's Porter stemmer, diacritics do not count. scope: only these documents; None is all.
    """
    words = list(_content(question[:_LONGEST_QUESTION]).values())[:_MOST_WORDS]
    if not words or limit < 1:
        return []
    # In quotes a word is only ever a word: none of FTS5's operators can come from a question.
    query = " OR ".join(f'"{word}"' for word in words)
    within = (
        ""
        if scope is None
        else (" AND rowid IN (SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?3)))")
    )
    statement = (
        f"SELECT rowid FROM passage_words WHERE passage_words MATCH ?1{within}"
        f" ORDER BY bm25(passage_words, {_WEIGHTS}), rowid LIMIT ?2"
    )
    parameters: tuple[str | int, ...] = (query, limit)
    if scope is not None:
        parameters += (json.dumps(sorted(scope)),)
    with vault.read() as connection:
        return [PassageId(row[0]) for row in connection.execute(statement, parameters)]


def _content(text: str) -> dict[str, str]:
    """The content words of `text`, each folded -> as first written: FTS5 folds its own way, and keeps "ß"."""
    words: dict[str, str] = {}
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        words.setdefault(word.casefold(), word)
    return {folded: word for folded, word in words.items() if folded not in _STOP_WORDS} or words
