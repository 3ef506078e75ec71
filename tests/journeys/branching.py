"""Several chats in the real window, with questions changed and branches gone back to; prints as JSON what was wrong.

Run as a program: python -m tests.journeys.branching CHATS TURNS SEED [PICTURE].
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from tests.journeys.window import Person  # seals this process first

# isort: split

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.settings import Folders, options
from assistant.values import ConversationId, Generated, Message, Role, Said, Sampling, Stop, Token
from ui import theme
from ui.i18n import number
from ui.panels.chat.turn_view import QuestionView
from ui.ports import Ask, Assistant

MARK = "Wintergreen"
"""In every question, and on no disk."""
MOST_SECONDS = 60.0
"""Until the meter has told what is so."""
FRAME = (Message(Role.USER, "x"),)
LATE = 4
"""Questions, the newest ones, of which one is asked in other words."""
WAYS = ("edit", "again", "version", "go on", "ask", "ask", "ask")


@dataclass
class Place:
    """A turn as it was on the screen, with what came after it in each version."""

    text: str = ""
    versions: list[Place] = field(default_factory=list)
    chosen: int = 0

    def add(self, text: str) -> Place:
        """Another version of what comes after this, which is shown from now on."""
        self.versions.append(Place(text))
        self.chosen = len(self.versions) - 1
        return self.versions[-1]

    def shown(self) -> list[Place]:
        """What is on the screen after this."""
        if not self.versions:
            return []
        after = self.versions[self.chosen]
        return [after, *after.shown()]


@dataclass
class Written:
    """One answer of the engine. prompt, cached: tokens, those of the second kind did not have to be read."""

    messages: Sequence[Message]
    text: str = ""
    prompt: int = 0
    cached: int = 0

    @property
    def whole(self) -> tuple[Message, ...]:
        """The prompt with the answer, as the next prompt of that chat begins."""
        return (*self.messages, Message(Role.ASSISTANT, self.text.strip()))


@dataclass
class Reuse:
    """Tokens of prompts: all of them, those that were there before at the same place, and those that were not read."""

    prompts: int = 0
    common: int = 0
    cached: int = 0


class Undisturbed(Person):
    """Somebody whose Privet tries no other layouts of the model meanwhile: their answers would be others."""

    def _open(self, folders: Folders, ask: Ask) -> Assistant:
        opened = super()._open(folders, ask)
        assert self.privet is not None
        self.privet.settings.set(options.TUNE_ALONE, False)
        return opened


class Talk:
    """Somebody who talks with the model in several chats, and looks at the screen after each turn."""

    def __init__(self, person: Person, chance: random.Random) -> None:
        self.person, self.shell, self.chance = person, person.shell, chance
        assert person.privet is not None
        self.privet = person.privet
        self.wrong: list[str] = []
        self.written: list[Written] = []
        self.done: Counter[str] = Counter()
        self.chats: dict[ConversationId, Place] = {}
        self._stream = self.privet.engine.stream
        self.privet.engine.stream = self._recorded  # type: ignore[method-assign]

    def _recorded(self, messages: Sequence[Message], sampling: Sampling, stop: Stop | None = None) -> Iterator[Said]:
        answer = Written(messages)
        for event in self._stream(messages, sampling, stop):
            if isinstance(event, Token):
                answer.text += event.text
            if isinstance(event, Generated):
                answer.prompt, answer.cached = event.prompt_tokens, event.cached_tokens
                self.written.append(answer)
            yield event

    def begin(self) -> None:
        """A new chat."""
        self.shell.actions["chat.new"].trigger()
        self.settle()
        self.ask(self.question(), Place())

    def turn(self, chat: ConversationId, what: str) -> None:
        """One turn: a question, other words, another answer, its rest, or another version; where that can't be had,
        something like it.
        """
        if chat != self.shell.chat.conversation:
            self.shell.chats.open(chat)
            self.settle()
            self.look(chat)
        root = self.chats[chat]
        if what == "go on" and not self.shell.chat.can_go_on:
            what = "ask"
        if what == "version" and not self.branching(root):
            what = "again"
        self.done[what] += 1
        match what:
            case "ask":
                self.ask(self.question(), root)
            case "again":
                self.act("chat.again")
                root.shown()[-2].add(self.screen()[-1])
            case "go on":
                self.go_on(root)
            case "edit":
                self.edit(root)
            case "version":
                self.step(root)
        self.look(chat)

    def question(self) -> str:
        """A question that was not asked yet."""
        return f"{MARK} {self.chance.randrange(10**6)}: name {self.chance.choice(['a tree', 'a colour', 'a town'])}."

    def act(self, command: str) -> None:
        """A command that makes the model write."""
        self.shell.actions[command].trigger()
        self.person.wait(lambda: self.shell.chat.busy)
        self.settle()

    def ask(self, words: str, root: Place) -> None:
        """Type a question, look at the meter, send it."""
        chat = self.shell.chat.conversation
        self.shell.window.chat.composer.write(words)
        self.settle()
        told = self.privet.answering.outlook(chat, words).use
        self.meter(chat, words)
        box = self.shell.window.chat.composer.focusProxy() or self.shell.window.chat.composer
        QTest.keyClick(box, Qt.Key.Key_Return)
        self.person.wait(lambda: self.shell.chat.busy)
        self.settle()
        if told.used - told.reserve != self.written[-1].prompt:
            self.wrong.append(f"{told.used - told.reserve} tokens were told, {self.written[-1].prompt} were read")
        now = self.shell.chat.conversation
        assert now is not None
        self.chats.setdefault(now, root)
        last = root.shown()[-1] if root.versions else root
        last.add(words).add(self.screen()[-1])

    def go_on(self, root: Place) -> None:
        """Have an answer that was cut off gone on with: it grows, and nothing of it changes."""
        half = root.shown()[-1]
        self.act("chat.continue")
        whole = self.screen()[-1]
        if not whole.startswith(half.text.rstrip()):
            self.wrong.append(f"{half.text!r} became {whole!r}")
        half.text = whole

    def edit(self, root: Place) -> None:
        """Ask an earlier question in other words."""
        path = [root, *root.shown()]
        at = self.chance.choice(range(1, len(path), 2)[-LATE:])
        words = self.question()
        self.screen()
        view = self.shell.window.chat.transcript.views[at - 1]
        assert isinstance(view, QuestionView)
        view.edit()
        assert view.rewriting is not None
        view.rewriting.field.setPlainText(words)
        QTest.keyClick(view.rewriting.field, Qt.Key.Key_Return)
        self.person.wait(lambda: self.shell.chat.busy)
        self.settle()
        path[at - 1].add(words).add(self.screen()[-1])

    def step(self, root: Place) -> None:
        """Go to another version of a turn that has some."""
        path, at = [root, *root.shown()], self.chance.choice(self.branching(root))
        before = path[at - 1]
        by = -1 if before.chosen else 1
        self.screen()
        self.shell.window.chat.transcript.views[at - 1].versions.step(by)
        before.chosen += by
        self.settle()

    def branching(self, root: Place) -> list[int]:
        """The turns, from 1, that have several versions."""
        path = [root, *root.shown()]
        return [at for at in range(1, len(path)) if len(path[at - 1].versions) > 1]

    def look(self, chat: ConversationId) -> None:
        """Hold the screen, and what is kept, against what it has to be."""
        expected = [place.text for place in self.chats[chat].shown()]
        if self.screen() != expected:
            self.wrong.append(f"chat {chat} shows {self.screen()} and not {expected}")
        kept = [turn.text for turn in self.privet.conversations.turns(chat)]
        if kept != expected:
            self.wrong.append(f"chat {chat} keeps {kept} and not {expected}")
        self.meter(chat, "")

    def branches(self, chat: ConversationId) -> None:
        """Hold every version of every turn, shown or not, against what is kept."""
        kept: dict[tuple[str, ...], int] = {}
        for turn in self.privet.conversations.tree(chat):
            path = tuple(one.text for one in self.privet.conversations.until(turn.turn.id))
            kept[path] = kept.get(path, 0) + 1
        had = Counter(_paths(self.chats[chat], ()))
        if kept != had:
            self.wrong.append(f"the branches of chat {chat} are {sorted(kept)} and not {sorted(had)}")

    def meter(self, chat: ConversationId | None, draft: str) -> None:
        """Hold the meter on the screen against what the engine counts."""
        if chat is None and not draft:
            return
        use = self.privet.answering.outlook(chat, draft).use
        whole = f"{number(use.used)} of {number(use.size)} tokens"
        meter, until = self.shell.window.chat.composer.meter, time.monotonic() + MOST_SECONDS
        self.person.wait(lambda: meter.accessibleDescription().startswith(whole) or time.monotonic() > until)
        if not meter.accessibleDescription().startswith(whole):
            self.wrong.append(f"the meter says {meter.accessibleDescription()!r} and not {whole}")

    def screen(self) -> list[str]:
        """The turns of the chat in sight; those far above are there once somebody has gone up to them."""
        transcript = self.shell.window.chat.transcript
        while not transcript.complete:
            transcript.verticalScrollBar().setValue(0)
            self.person.wait(lambda: not transcript.busy)
        transcript.go_to_end()
        return [view.text for view in transcript.views]

    def settle(self) -> None:
        """Wait until nothing moves."""
        transcript, bridge = self.shell.window.chat.transcript, self.shell.bridge
        self.person.wait(lambda: not self.shell.chat.busy and not bridge.busy and not transcript.busy)

    def reuse(self) -> Reuse:
        """How much of the prompts had to be read. What the model read just before has to be known in any case."""
        found = Reuse()
        for at, answer in enumerate(self.written):
            common = max((_common(answer.messages, one.whole) for one in self.written[:at]), default=0)
            before = _common(answer.messages, self.written[at - 1].messages) if at else 0
            tokens, least = (self.tokens(answer.messages[:count]) for count in (common, before))
            # The last token of a prompt is read in any case, and so are those that only its end has after a word.
            found.common += min(tokens, answer.prompt - 1)
            found.prompts += answer.prompt
            found.cached += answer.cached
            if answer.cached < min(least, answer.prompt - 1):
                self.wrong.append(f"{answer.cached} tokens were known of {least} that were read just before")
        return found

    def tokens(self, messages: Sequence[Message]) -> int:
        """What these take at the beginning of a prompt."""
        if not messages:
            return 0
        whole, frame = self.privet.engine.counts([(*messages, *FRAME), FRAME])
        return whole - frame


def _common(one: Sequence[Message], other: Sequence[Message]) -> int:
    """How many messages both begin with."""
    count = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        count += 1
    return count


def _paths(place: Place, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for version in place.versions:
        path = (*before, version.text)
        yield path
        yield from _paths(version, path)


def main() -> None:
    """Begin CHATS chats, and have TURNS turns in each, in any order."""
    chats, turns, seed = map(int, sys.argv[1:4])
    application = QApplication(["privet", "-style", "fusion"])
    application.setQuitOnLastWindowClosed(False)
    theme.install(application, "light", 100).dress()
    theme.theme().follow()
    person = Undisturbed(application, Folders.standard())
    talk = Talk(person, random.Random(seed))
    talk.privet.settings.set(options.TEMPERATURE, 0.0)
    talk.privet.settings.set(options.MAX_ANSWER_TOKENS, 16)
    talk.settle()
    for _ in range(chats):
        talk.begin()
    course = [chat for chat in talk.chats for _ in range(turns - 1)]
    talk.chance.shuffle(course)
    ways = {chat: iter([*dict.fromkeys(WAYS), *talk.chance.choices(WAYS, k=turns)]) for chat in talk.chats}
    for chat in course:
        talk.turn(chat, next(ways[chat]))
    for chat in talk.chats:
        talk.shell.chats.open(chat)
        talk.settle()
        talk.look(chat)
        talk.branches(chat)
    for picture in sys.argv[4:]:
        person.application.processEvents()
        talk.shell.window.grab().save(picture)
    talk.privet.engine.save()
    reuse = talk.reuse()
    person.leave()
    said = {"wrong": talk.wrong, "done": talk.done, "answers": len(talk.written), **asdict(reuse)}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
