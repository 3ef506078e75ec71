"""The main job in a terminal, with the real models: add a PDF, ask, get page and passage; and what goes wrong."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.assistant.modelstore.tiny_adapters import tiny_adapter
from tests.conftest import EMBEDDED_CHAT
from tests.journeys.papers import FACTS, facts, pdf
from tests.journeys.terminal import Terminal

pytestmark = [pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A home that holds the three facts."""
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded models are not there; run make test")
    folder = tmp_path_factory.mktemp("terminal")
    terminal = Terminal.at(folder)
    done = terminal.run("add", str(facts(folder / "estate.pdf")))
    assert done.returncode == 0, done.stderr
    assert "estate.pdf was added (3 pages" in done.stdout
    return terminal


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("Who planted the hedge at Harrow Lane?", 1),
        ("How long does the kettle take to boil?", 2),
        ("Where did the fox Barnaby live?", 3),
    ],
)
def test_an_answer_carries_document_page_and_passage(filled: Terminal, question: str, page: int) -> None:
    answer = filled.json("ask", question)
    assert isinstance(answer, dict)
    assert set(answer) == {
        "answer", "found", "citations", "sentences", "timings", "tokens", "thought", "note", "conversation", "query"
    }  # fmt: skip
    assert answer["found"] is True
    assert answer["answer"]
    first = answer["citations"][0]
    assert (first["document"], first["page"], first["place"]) == ("estate.pdf", page, f"page {page}")
    assert FACTS[page - 1] in " ".join(first["passage"].split())
    assert 0 < answer["timings"]["retrieval"] < answer["timings"]["first_token"] < answer["timings"]["total"]
    assert answer["tokens"]["prompt"] > 50
    assert 0 <= answer["tokens"]["cached"] < answer["tokens"]["prompt"]


def test_nothing_relevant_is_said_and_has_its_own_status(filled: Terminal) -> None:
    done = filled.run("ask", "What is the boiling point of mercury on Venus?", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 4
    assert answer["found"] is False
    assert answer["citations"] == []
    assert answer["answer"] == "I found nothing about this in your documents."
    seen = filled.run("ask", "What is the boiling point of mercury on Venus?").stdout
    assert seen.index("I found nothing about this in your documents.") < seen.index("[1] estate.pdf, page ")


def test_the_sources_stand_before_the_answer(filled: Terminal) -> None:
    done = filled.run("ask", "Who planted the hedge at Harrow Lane?")
    assert done.returncode == 0
    assert done.stdout.index("[1] estate.pdf, page 1") < done.stdout.index("\n\n")
    assert "Ottilie Brandt" in done.stdout.split("\n\n")[0]


def test_a_chat_takes_several_turns_and_is_kept(filled: Terminal) -> None:
    lines = ["/model", "My dog is called Rufus.", "What is my dog called?", "/new", "/documents"]
    lines += ["Who planted the hedge?", "/source 1", "/quit", ""]
    done = filled.run("chat", typed="\n".join(lines))
    assert done.returncode == 0, done.stderr
    assert "Nothing leaves this computer." in done.stdout
    assert done.stdout.count(FACTS[0][:40]) >= 1
    listed = filled.json("conversations")
    assert isinstance(listed, list)
    chat = next(info for info in listed if info["title"] == "My dog is called Rufus.")
    assert chat["turns"] == 4
    shown = filled.json("conversations", "--show", str(chat["id"]))
    assert isinstance(shown, list)
    assert [turn["role"] for turn in shown] == ["user", "assistant", "user", "assistant"]
    filled.run("conversations", "--rename", str(chat["id"]), "About Rufus")
    assert "About Rufus" in filled.run("conversations").stdout
    filled.run("conversations", "--delete", str(chat["id"]))
    assert "About Rufus" not in filled.run("conversations").stdout


def test_a_chat_has_branches_and_tells_how_full_it_is(filled: Terminal) -> None:
    lines = ["/model", "Name a colour.", "/again", "/edit Name a warm colour.", "/branches", "/branch 1"]
    done = filled.run("chat", typed="\n".join([*lines, "/context And why?", "/continue", "/quit", ""]))
    assert done.returncode == 0, done.stderr
    assert "   1  You: Name a colour.\n*  2  You: Name a warm colour.\n" in done.stdout
    assert "You: Name a colour.\nPrivet: " in done.stdout
    assert "read already" in done.stdout and "kept free for the answer 512" in done.stdout
    assert "This answer has come to its end." in done.stderr
    listed = filled.json("conversations")
    assert isinstance(listed, list)
    chat = next(info for info in listed if info["title"] == "Name a colour.")
    shown = filled.json("conversations", "--show", str(chat["id"]))
    assert isinstance(shown, list)
    assert [turn["versions"] for turn in shown] == [2, 2]
    filled.run("conversations", "--delete", str(chat["id"]))


def test_adding_again_changes_nothing_and_a_changed_file_is_brought_up_to_date(filled: Terminal) -> None:
    folder = filled.home.parent
    moving = pdf(folder / "moving.pdf", ["The boat house was painted red in 1902."])
    assert "was added" in filled.run("add", str(moving)).stdout
    assert "is unchanged" in filled.run("add", str(moving)).stdout
    pdf(moving, ["The boat house was painted blue in 1977."])
    assert "was brought up to date" in filled.run("add", str(moving)).stdout
    answer = filled.json("ask", "When was the boat house painted?")
    assert isinstance(answer, dict)
    assert "1977" in answer["citations"][0]["passage"]
    assert not any("1902" in citation["passage"] for citation in answer["citations"])


def test_removing_leaves_no_trace(filled: Terminal) -> None:
    folder = filled.home.parent
    filled.run("add", str(pdf(folder / "secret.pdf", ["The quokka zeppelin is moored behind the orchard."])))
    before = filled.json("ask", "Where is the quokka zeppelin moored?")
    assert isinstance(before, dict)
    assert "zeppelin" in before["citations"][0]["passage"]
    assert "Removed secret.pdf" in filled.run("documents", "--remove", "secret.pdf").stdout
    assert "secret.pdf" not in filled.run("documents").stdout
    after = filled.json("ask", "Where is the quokka zeppelin moored?")
    assert isinstance(after, dict)
    assert not any("zeppelin" in citation["passage"] for citation in after["citations"])
    kept = filled.json("conversations", "--show", str(before["conversation"]))
    assert isinstance(kept, list)
    assert not any("moored behind" in citation["passage"] for turn in kept for citation in turn["citations"])


def test_one_bad_file_does_not_keep_the_others_out(filled: Terminal) -> None:
    folder = filled.home.parent / "mixed"
    folder.mkdir()
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "garbage.pdf").write_bytes(b"%PDF-1.7\nthis is no PDF")
    pdf(folder / "scan.pdf", ["", ""])
    (folder / "note.md").write_text("# Note\n\nThe spare key hangs behind the barometer.\n", encoding="utf-8")
    done = filled.run("add", str(folder))
    assert done.returncode == 1
    assert "note.md was added" in done.stdout
    lines = [line for line in done.stdout.splitlines() if "was not added" in line]
    assert len(lines) == 3
    assert all(line.count(".") >= 3 for line in lines)  # the file's name, and two sentences


def test_a_wrong_passphrase_opens_nothing(filled: Terminal, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("not this one\n", encoding="utf-8")
    done = Terminal(filled.home, wrong).run("documents")
    assert done.returncode == 1
    assert "passphrase" in done.stderr
    assert "estate.pdf" not in done.stdout


def test_doctor_says_what_holds(filled: Terminal) -> None:
    checks = filled.json("doctor")
    assert isinstance(checks, list)
    by_name = {check["name"]: check for check in checks}
    parts = ("seal", "vault", "model", "embedder", "reader", "index", "embedded model", "embedded embedder", "packages")
    for name in parts:
        assert by_name[name]["holds"], by_name[name]


def test_selftest_holds() -> None:
    import sys

    done = subprocess.run([sys.executable, "-m", "assistant", "selftest", "--json"], capture_output=True, text=True)
    checks = json.loads(done.stdout)
    assert done.returncode == 0, [check for check in checks if not check["holds"]]
    assert len(checks) >= 10


def test_a_second_privet_is_told_that_the_vault_is_in_use(filled: Terminal) -> None:
    with subprocess.Popen(
        filled.command("chat"), env=filled.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert "Nothing leaves" in first.stdout.readline()
        second = filled.run("documents")
        first.communicate("/quit\n", timeout=120)
    assert second.returncode == 1
    assert "already open" in second.stderr
    assert filled.run("documents").returncode == 0


@pytest.mark.parametrize(
    "victim", ["assistant.engine.worker", "assistant.embedding.worker", "assistant.retrieval.worker"]
)
def test_each_child_can_be_killed_in_the_middle(filled: Terminal, victim: str) -> None:
    import psutil

    with subprocess.Popen(
        filled.command("chat"),
        env=filled.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as privet:
        assert privet.stdin is not None
        privet.stdin.write("Who planted the hedge at Harrow Lane?\n")
        privet.stdin.flush()
        killed = False
        until = time.monotonic() + 120
        while not killed and time.monotonic() < until:
            with suppress(psutil.NoSuchProcess):  # one that ended while it was looked at
                for one in psutil.Process(privet.pid).children(recursive=True):
                    if victim in one.cmdline():
                        time.sleep(1.0)
                        one.kill()
                        killed = True
                        break
            time.sleep(0.05)
        out, _ = privet.communicate("Where did the fox Barnaby live?\n/quit\n", timeout=300)
    assert killed
    assert privet.returncode == 0
    assert FACTS[2][:40] in " ".join(out.split())


def test_killing_privet_itself_loses_nothing_acknowledged(filled: Terminal) -> None:
    with subprocess.Popen(
        filled.command("ask", "How long does the kettle take to boil?"),
        env=filled.environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as privet:
        assert privet.stdout is not None
        privet.stdout.readline()  # the first source is shown, so the question is kept
        privet.kill()
    listed = filled.json("conversations")
    assert isinstance(listed, list)
    assert listed[0]["title"].startswith("How long does the kettle take to boil")
    turns = filled.json("conversations", "--show", str(listed[0]["id"]))
    assert isinstance(turns, list)
    assert turns[1]["state"] == "interrupted"
    assert turns[1]["note"]


def test_an_adapter_answers_in_the_conversation_that_it_was_chosen_for(tmp_path: Path, embedded_chat: Path) -> None:
    terminal = Terminal.at(tmp_path)
    law, other = tmp_path / "law.gguf", tmp_path / "other.gguf"
    law.write_bytes(tiny_adapter({f"blk.{layer}.ffn_down.weight": (1536, 576) for layer in range(30)}, strength=2.0))
    other.write_bytes(tiny_adapter({"blk.0.attn_q.weight": (64, 64)}))
    imported = terminal.run("models", "import", str(law), str(other))
    assert imported.returncode == 0, imported.stderr
    terminal.run("settings", "max_answer_tokens", "16")
    ask = "Name a tree."
    lines = ["/model", ask, "/new", "/adapter law", ask, "/new", "/adapter law:0", ask, "/adapter other", "/quit", ""]
    done = terminal.run("chat", typed="\n".join(lines))
    assert done.returncode == 0, done.stderr
    assert "adapter" in done.stderr  # the other one does not go with this model
    listed = terminal.json("conversations")
    assert isinstance(listed, list)
    first, second, third = sorted(info["id"] for info in listed)
    plain, adapted, without_strength = (answers(terminal, chat)[-1] for chat in (first, second, third))
    assert plain == without_strength != adapted
    # Another process, another day: the conversation is answered with its own adapter still.
    lines = ["/adapter", f"/open {first}", "/adapter", f"/open {second}", "/edit " + ask, "/quit", ""]
    done = terminal.run("chat", "--conversation", str(third), typed="\n".join(lines))
    told = [line for line in done.stdout.splitlines() if "is answered with" in line]
    assert [line.rpartition("with ")[2] for line in told] == ["the adapter law:0.", "no adapter."]
    assert answers(terminal, second)[-1] == adapted


def answers(terminal: Terminal, conversation: int) -> list[str]:
    """The answers of a conversation, as far as they are shown."""
    turns = terminal.json("conversations", "--show", str(conversation))
    assert isinstance(turns, list)
    return [turn["text"] for turn in turns if turn["role"] == "assistant"]
