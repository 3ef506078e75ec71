"""Says how long much text holds the window's thread up; printed, as a clock proves nothing on a busy machine."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer

from assistant.values import Role
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet, pieces
from tests.ui.stalls import Stalls
from ui.shell import Shell

PARAGRAPH = "The hedge is **green** in May, and `clipped` twice a year; see also the *garden* of 1890 and later. "


def run_until(condition: Callable[[], object]) -> None:
    """A real event loop, so that its turns are those of the program. Once is enough: it may be so for a moment only."""
    loop, timer, came = QEventLoop(), QTimer(), False

    def look() -> None:
        nonlocal came
        came = bool(condition())
        if came:
            timer.stop()
            loop.quit()

    timer.setInterval(20)
    timer.timeout.connect(look)
    timer.start()
    QTimer.singleShot(60_000, loop.quit)
    loop.exec()
    assert came


def test_two_thousand_tokens_are_drawn_while_they_come(shell: Shell, privet: ScriptedPrivet) -> None:
    text = "\n\n".join(PARAGRAPH * 5 for _ in range(22))
    script = pieces(text)[:2000]
    privet.answering.scripts.append(script)
    privet.answering.seconds_per_event = 0.001
    shell.window.chat.composer.write("Tell me all")
    with Stalls() as stalls:
        shell.chat.ask()
        run_until(lambda: not shell.chat.busy)
    answer = shell.window.chat.transcript.last_answer
    assert answer is not None
    assert answer.text == "".join(token.text for token in script)
    print(f"\nstreaming {len(script)} tokens: longest hold-up {stalls.longest * 1000:.1f} ms in {stalls.beats} beats")


def test_a_chat_of_two_hundred_turns_opens_in_slices(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    made = privet.conversations.create("Long")
    for number in range(100):
        privet.conversations.append(made, Role.USER, f"Question {number}?")
        privet.conversations.append(made, Role.ASSISTANT, f"{PARAGRAPH * 3}\n\n- one\n- two\n\n```\ncode {number}\n```")
    shell.chats.refresh()
    wait_until(lambda: shell.chats.infos)
    with Stalls() as stalls:
        shell.chats.open(made)
        run_until(lambda: shell.window.chat.has_answer and not shell.window.chat.transcript.busy)
    print(f"\nopening 200 turns: longest hold-up {stalls.longest * 1000:.1f} ms in {stalls.beats} beats")
    assert shell.window.chat.transcript.views[-1].text.endswith("code 99\n```")
