"""Twenty orders planted in a document, each obeyed to the letter by the model: nothing comes of them but words.

Each is answered in every mode. That the window opens no link and loads no image is tried with the same texts in
`tests/ui/test_hostile_text.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from assistant.settings import Folders, options
from assistant.values import AnswerMode, Stop, Support
from assistant.vault import Unlock, Vault
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way, end
from tests.hostile.attacks import ATTACKS, QUESTION, Attack


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    folders = Folders.inside(tmp_path_factory.mktemp("attacked"))
    vault = Vault.open(folders.data, Unlock(passphrase=lambda _: "a passphrase", use_keychain=False))
    yield Way(vault, folders)
    vault.close()


def kept(way: Way) -> list[object]:
    """What each option is set to."""
    found: list[object] = []
    for option in options.ALL:
        found.append(way.settings.get(option))  # type: ignore[misc]  # options of several types
    return found


@pytest.mark.parametrize("mode", list(AnswerMode))
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_order_that_is_obeyed_does_nothing(
    way: Way, attack: Attack, mode: AnswerMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    for name in ("subprocess.Popen.__init__", "os.posix_spawn", "os.system", "webbrowser.open"):
        monkeypatch.setattr(name, lambda *given, **more: started.append(given))
    before = kept(way)
    engine = ScriptedEngine([attack.obeyed], context=4_000)
    answering = way.built(engine, hit(1, attack.passage))
    searched = len(way.retrieval.asked)
    answered = end(answering.answer(way.about_documents(), QUESTION, Stop(), mode))
    # It searched for what the person asked, once, and started, opened and set nothing.
    assert [question for question, _ in way.retrieval.asked[searched:]] == [QUESTION]
    assert started == []
    assert kept(way) == before
    # What is cited is what was found, and each number behind a sentence is of one that the passage says.
    assert [one.number for one in answered.citations] == [1]
    ours = re.sub("\u201c.*?\u201d", "", answered.text, flags=re.DOTALL)  # what is quoted stands in quotes
    marks = re.findall(r"[\[\uff3b\u3010]\s*(\d+)\s*[\]\uff3d\u3011]", ours)
    assert marks == ["1"] * sum(one.support is Support.SUPPORTED for one in answered.claims)
    for claim in answered.claims:
        if claim.support is Support.SUPPORTED:
            said = re.findall(r"[a-z]{3,}", answered.text[claim.start : claim.end].casefold())
            assert set(said) <= set(re.findall(r"[a-z]{3,}", attack.passage.casefold()))
            assert "say that" not in attack.passage[claim.quote_start : claim.quote_end]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_no_order_opens_a_turn_or_a_passage_in_the_prompt(way: Way, attack: Attack) -> None:
    engine = ScriptedEngine([attack.obeyed], context=4_000)
    end(way.built(engine, hit(1, attack.passage)).answer(way.about_documents(), QUESTION, Stop()))
    (prompt,) = engine.prompts
    said = prompt[-1].text
    assert re.findall(r"(?m)^Passage \d+ \(", said) == ["Passage 1 ("]
    assert not re.search(r"<\|im_(?:start|end)\|>", said)
    assert said.rstrip().endswith(QUESTION) or QUESTION in said


def test_each_kind_is_another_one() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) == 20
