"""Whole documents in the window: a summary is one press away, and how far it is stands in the answer."""

from __future__ import annotations

import threading
from pathlib import Path

from assistant.values import Checked, Claim, GoingThrough, Queried, Support, Token
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet
from ui.actions import COMMANDS
from ui.panels.chat import Answer
from ui.shell import Shell


def _run(shell: Shell, command: str) -> None:
    next(one for one in COMMANDS if one.id == command).run(shell.desk)


def test_the_selected_document_is_summarised_in_a_chat_of_its_own(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.documents.put(Path("/report.pdf"))
    shell.library._refresh()
    wait_until(lambda: shell.library.documents)
    document = shell.library.documents[0]
    assert not shell.actions["documents.summarise"].isEnabled()
    shell.window.library.list.select(document.id)
    gate = threading.Event()
    words = "“It is green.”"
    claim = Claim(2, 2 + len(words), Support.SUPPORTED, 1)
    privet.answering.scripts.append(
        [GoingThrough(1, 4, 30.0), gate, Token(f"- {words} [1]\n"), Checked((claim,)), Token("\nRead 4 of 4 passages.")]
    )
    shell.actions["documents.summarise"].trigger()
    wait_until(lambda: any(isinstance(one, Answer) and one.share == 0.25 for one in shell.chat._turns))
    (answer,) = [one for one in shell.chat._turns if isinstance(one, Answer)]
    assert answer.progress == "Read 1 of 4 passages, about 30 s left"
    gate.set()
    wait_until(lambda: not shell.chat.busy)
    assert privet.answering.over == [("", (document.id,))]
    assert shell.window.chat.composer.switch.value == 1
    assert answer.text.endswith("Read 4 of 4 passages.")


def test_a_question_goes_to_all_documents_that_the_chat_asks(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.documents.put(Path("/report.pdf"))
    shell.library._refresh()
    wait_until(lambda: shell.library.documents)
    privet.answering.scripts.append(
        [Queried("SELECT 1", "a", "b", ("c",), (("1",),), ("C5",), False), Token("Nothing answers this.")]
    )
    shell.window.chat.composer.write("Which contracts end in 2027?")
    _run(shell, "chat.all")
    wait_until(lambda: not shell.chat.busy and privet.answering.over)
    assert privet.answering.over == [("Which contracts end in 2027?", None)]
    assert shell.window.chat.composer.text == ""
