"""Tests of the models' page: what is shown is what is known, and whatever is asked can be stopped and ends in words."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from assistant.errors import ModelUnreadable
from assistant.values import (
    ChoiceFile,
    Closeness,
    Copying,
    Facts,
    Fit,
    FoundModel,
    Imported,
    InstalledModel,
    JudgedChoice,
    JudgedModel,
    Kept,
    LayoutMaking,
    LoadPlan,
    MeasuredLayout,
    MeasuredPlan,
    Memory,
    ModelChoice,
    NotImported,
    PlanTried,
    Prediction,
    Quality,
    RunPlan,
    RunWish,
    Tuned,
    Verdict,
)
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet
from ui.panels.models import ModelsPage, RunningDialog
from ui.presenters import models_words
from ui.shell import Shell

OWN = Path("/models/own.gguf")
BROUGHT = Path("/models/brought.gguf")


def fit(verdict: Verdict = Verdict.RUNS_WELL, write: float = 60.0) -> Fit:
    memory = Memory(100 << 20, 0, 200 << 20, 50 << 20, 80 << 20)
    prediction = Prediction(memory, 300.0, write, 4.4, measured=True)
    return Fit(verdict, Quality.FAIR, "It fits in.", "", LoadPlan(8192, 2), prediction)


def judged(path: Path, name: str, *, answers: bool = False, kept: Kept = Kept.COPIED) -> JudgedModel:
    model = InstalledModel(name, "chat", path, (path,), 98 << 20, kept, "ab" * 32, "Apache-2.0")
    facts = Facts(135_000_000, 135_000_000, "Q4_1", 5.8, 30, 8192, "Apache-2.0")
    return JudgedModel(model, facts, fit(), answers=answers)


def choice(name: str, needs: tuple[str, ...], *, known: bool = True) -> JudgedChoice:
    made = ModelChoice(
        name, name, "Makers", 10**9, 10**9, "MIT", needs, f"example.org/{name}", (ChoiceFile("Q4_K_M", 7 * 10**8),), {}
    )
    return JudgedChoice(made, "Q4_K_M", 7 * 10**8, fit(Verdict.SLOW, 9.0) if known else None)


def tuned() -> Tuned:
    close = Closeness(2000, 0.001, 0.0001, 0.99, 12.0)
    layouts = (
        MeasuredLayout("Q4_1", 98 << 20, 200, 90, 6.5, 8.1, None, close, source=True),
        MeasuredLayout("Q8_0", 145 << 20, 533, 107, 2.4, 3.9, None, close),
    )
    return Tuned(
        "Own", OWN, 8192, 2, "A processor", True, layouts, "Q8_0", "The fastest.", "It reads 2.7 times as fast."
    )


@pytest.fixture
def page(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> ModelsPage:
    privet.collection.installed = [
        judged(OWN, "SmolLM2", answers=True, kept=Kept.EMBEDDED),
        judged(BROUGHT, "Brought along"),
    ]
    privet.collection.choices = [
        choice("Small", ("chat",)),
        choice("Reader", ("documents",)),
        choice("Odd", (), known=False),
    ]
    shell.actions["models"].trigger()
    (found,) = shell.window.findChildren(ModelsPage)
    wait_until(lambda: found.cards and not shell.bridge.busy)
    return found


def press(page: ModelsPage, name: str, what: str) -> None:
    view = next(view for view in page.cards if view.card.name == name)
    view.asked_for.emit(what, view.card.key)


def settled(shell: Shell, wait_until: WaitUntil) -> None:
    wait_until(lambda: not shell.bridge.busy)


def test_installed_models_are_judged_and_the_one_that_answers_is_marked(page: ModelsPage) -> None:
    own, other = (view.card for view in page.cards)
    assert (own.answers, own.own, other.answers) == (True, True, False)
    assert own.verdict == "Runs well"
    assert "writes 60 tokens a second (measured here)" in own.facts
    assert "Apache-2.0" in own.facts
    assert any("SHA-256" in line for line in own.details)
    assert "2 cores" in page.machine.text()


def test_what_could_be_got_stands_in_rows_and_in_the_picture_by_need(page: ModelsPage) -> None:
    assert page.table.rowCount() == 3
    assert "Small: Fair, about 9 tokens a second" in page.map.accessibleDescription()
    assert "Odd" not in page.map.accessibleDescription()
    page.need_chosen.emit("documents")
    assert page.table.rowCount() == 1
    page.table.selectRow(0)
    assert "example.org/Reader" in page.where.text()


def test_another_model_answers_when_it_is_chosen(
    shell: Shell, privet: ScriptedPrivet, page: ModelsPage, wait_until: WaitUntil
) -> None:
    press(page, "Brought along", "use")
    settled(shell, wait_until)
    assert privet.collection.asked == [("use", BROUGHT)]
    assert [view.card.answers for view in page.cards] == [False, True]
    assert "Brought along answers" in page.notice.words


def test_an_import_is_told_of_and_can_be_stopped(
    shell: Shell, privet: ScriptedPrivet, page: ModelsPage, wait_until: WaitUntil
) -> None:
    path = Path("/stick/new.gguf")
    privet.collection.scripts.append([Copying(path, 50 << 20, 100 << 20, 7.0), threading.Event()])
    page.brought.emit([path])
    wait_until(lambda: "about 7 s left" in page.progress.words)
    page.stop_pressed.emit()
    settled(shell, wait_until)
    assert not page.progress.isVisible()
    assert privet.collection.asked == [("bring", [path])]


def test_what_comes_in_and_what_is_refused_are_both_said(
    shell: Shell, privet: ScriptedPrivet, page: ModelsPage, wait_until: WaitUntil
) -> None:
    new = judged(Path("/models/new.gguf"), "Newcomer").model
    privet.collection.scripts.append(
        [
            Imported(new, notes=("It is spoken to in plain words.",)),
            NotImported(Path("/x"), "It is broken.", "Get it again."),
        ]
    )
    page.brought.emit([Path("/stick")])
    settled(shell, wait_until)
    assert page.notice.words == "Newcomer can be used now. It is spoken to in plain words."
    assert page.fault.words == "It is broken. Get it again."


def test_a_tuning_ends_in_a_picture_and_a_reason(
    shell: Shell, privet: ScriptedPrivet, page: ModelsPage, wait_until: WaitUntil
) -> None:
    gate = threading.Event()
    privet.collection.scripts.append([LayoutMaking("Q8_0", 10, 40), gate, tuned()])
    press(page, "SmolLM2", "tune")
    wait_until(lambda: page.progress.words == "Making the layout Q8_0")
    privet.collection.installed[0] = JudgedModel(
        privet.collection.installed[0].model, None, fit(), tuned(), answers=True
    )
    gate.set()
    settled(shell, wait_until)
    assert page.notice.words == "It reads 2.7 times as fast."
    tuning = page.cards[0].card.tuning
    assert tuning is not None
    assert [(bar.name, bar.recommended) for bar in tuning.bars] == [("Q4_1", False), ("Q8_0", True)]
    assert "nothing lost" in tuning.bars[1].words


def test_how_a_model_runs_best_is_told_as_it_was_measured() -> None:
    best = RunPlan(2, 512, flash_attention=True, kv_type="q8_0")
    tried = tuple(PlanTried(plan, 300.0, 60.0) for plan in (RunPlan(2), RunPlan(1), best))
    model = judged(OWN, "SmolLM2")
    told = "Runs best here with 2 threads, 512 tokens read at once, flash attention on, q8_0 (measured, 3 ways tried)"
    assert told in models_words.card(replace(model, plan=MeasuredPlan(best, tried, "rule"))).details
    plain = replace(best, threads=1, flash_attention=False, kv_type="f16")
    told = "Runs best here with 1 thread, 512 tokens read at once, flash attention off, f16 (measured, 3 ways tried)"
    assert told in models_words.card(replace(model, plan=MeasuredPlan(plain, tried, "rule"))).details
    assert not any("Runs best" in line for line in models_words.card(model).details)


def test_a_check_that_fails_is_said_in_two_sentences(
    shell: Shell, privet: ScriptedPrivet, page: ModelsPage, wait_until: WaitUntil
) -> None:
    privet.collection.scripts.append([ModelUnreadable("It is not what it was.", "Add it again.")])
    press(page, "Brought along", "verify")
    settled(shell, wait_until)
    assert page.fault.words == "It is not what it was. Add it again."
    assert page.notice.words == ""
    press(page, "Brought along", "verify")
    settled(shell, wait_until)
    assert "every byte" in page.notice.words


def test_models_of_other_programs_are_offered(
    shell: Shell, privet: ScriptedPrivet, page: ModelsPage, wait_until: WaitUntil
) -> None:
    privet.collection.found = [FoundModel("Ollama", "llama3", (Path("/ollama/blob"),), 4 << 30)]
    page.look_pressed.emit()
    settled(shell, wait_until)
    assert "llama3" in page.notice.words
    assert "Ollama" in page.notice.words
    page.notice.press()
    settled(shell, wait_until)
    assert privet.collection.asked == [("bring_found", "llama3")]


def test_a_model_that_is_dropped_on_the_window_is_a_model(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    shell.window.dropped.emit([Path("/stick/new.GGUF"), Path("/stick/report.pdf")])
    settled(shell, wait_until)
    assert privet.collection.asked == [("bring", [Path("/stick/new.GGUF")])]
    assert [info.path.name for info in privet.documents.infos.values()] == ["report.pdf"]


def test_how_a_model_runs_is_chosen_with_what_it_means_beside_each_choice(
    shell: Shell, privet: ScriptedPrivet, page: ModelsPage, wait_until: WaitUntil
) -> None:
    press(page, "SmolLM2", "run")
    settled(shell, wait_until)
    (dialog,) = page.findChildren(RunningDialog)
    context, threads, kinds, layers = dialog.buttons
    assert [button.isChecked() for button in context] == [True, False, False] and len(layers) == 1
    assert context[1].text() == "2,048 tokens   2.0 MB of memory, first word after 4 s, writes 60 a second"
    assert "Privet chooses (f16)" in kinds[0].text()
    assert not any(button.isEnabled() for button in threads)  # decided by a policy
    assert "The policy of this computer has decided this." in [part.text() for part in dialog.findChildren(QLabel)]
    context[1].click()
    settled(shell, wait_until)
    assert dialog.summary.text() == "It takes 2048 and 2." and privet.collection.wishes == {}
    dialog.kept.emit()
    settled(shell, wait_until)
    assert privet.collection.wishes == {OWN: RunWish(context=2048)}
    assert "from its next load on" in page.notice.words


def test_an_embedding_model_says_what_it_does_and_can_be_chosen(
    shell: Shell, privet: ScriptedPrivet, page: ModelsPage, wait_until: WaitUntil
) -> None:
    path = Path("/models/embedders/e5")
    model = InstalledModel("e5", "embedding", path, (path / "model.safetensors",), 90 << 20, Kept.COPIED)
    privet.collection.installed.append(JudgedModel(model, note="It has learned 3 of 7 passages."))
    press(page, "Brought along", "use")
    settled(shell, wait_until)
    card = page.cards[-1].card
    assert card.searches and not card.chat and card.why == "It has learned 3 of 7 passages."
    press(page, "e5", "use")
    settled(shell, wait_until)
    assert privet.collection.asked[-1] == ("use", path)
    assert page.notice.words == "e5 learns your documents in pauses, and searches after that."
