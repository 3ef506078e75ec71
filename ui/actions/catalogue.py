"""The commands. Titles are templates for `tr`; a shortcut stands here and nowhere else."""

from __future__ import annotations

from typing import Final

from ui.actions.command import Command, Desk

CHAT, DOCUMENTS, VIEW, HELP = "Chat", "Documents", "View", "Privet"


def _show_source(number: int) -> Command:
    def run(desk: Desk) -> None:
        desk.show_source(number)

    def when(desk: Desk) -> bool:
        return desk.sources >= number

    return Command(f"sources.{number}", f"Show source {number}", DOCUMENTS, run, (f"Alt+{number}",), when, menu=False)


def _move_waiting(where: str, title: str, keys: str) -> Command:
    def run(desk: Desk) -> None:
        desk.move_waiting(where)

    return Command(f"queue.{where}", title, DOCUMENTS, run, (keys,), lambda desk: desk.has_waiting, menu=False)


def _in_document(what: str, title: str, *keys: str, menu: bool = False, local: bool = False) -> Command:
    def run(desk: Desk) -> None:
        desk.in_document(what)

    return Command(f"viewer.{what}", title, DOCUMENTS, run, keys, lambda desk: desk.viewing, menu=menu, local=local)


def _mode(number: int, name: str, title: str) -> Command:
    def run(desk: Desk) -> None:
        desk.choose_mode(number)

    return Command(
        f"mode.{name}", title, DOCUMENTS, run, (f"Ctrl+Alt+{number + 1}",), lambda desk: desk.open, menu=False
    )


def _on_answer(what: str, title: str, *keys: str) -> Command:
    def run(desk: Desk) -> None:
        desk.on_answer(what)

    return Command(f"answer.{what}", title, CHAT, run, keys, lambda desk: desk.can_answer_again, menu=False)


def _is_idle(desk: Desk) -> bool:
    return desk.open and not desk.answering


def _has_conversation(desk: Desk) -> bool:
    return desk.open and desk.has_conversation


COMMANDS: Final[tuple[Command, ...]] = (
    Command("chat.new", "New chat", CHAT, lambda desk: desk.new_chat(), ("Ctrl+N",), lambda desk: desk.open),
    Command("chat.ask", "Send the question", CHAT, lambda desk: desk.ask(), ("Return",), _is_idle, local=True),
    Command("chat.all", "Ask all of every document", CHAT, lambda desk: desk.ask_all(), ("Ctrl+Shift+Q",), _is_idle),
    Command("chat.stop", "Stop answering", CHAT, lambda desk: desk.stop(), ("Esc",), lambda desk: desk.answering),
    Command("chat.copy", "Copy the last answer", CHAT, lambda desk: desk.copy_answer(), ("Ctrl+Shift+C",),
            lambda desk: desk.has_answer),
    Command("chat.edit", "Change the last question", CHAT, lambda desk: desk.edit_question(), ("Ctrl+E",),
            lambda desk: desk.can_answer_again),
    Command("chat.again", "Another answer", CHAT, lambda desk: desk.answer_again(), ("Ctrl+R",),
            lambda desk: desk.can_answer_again),
    Command("chat.continue", "Go on with the answer", CHAT, lambda desk: desk.go_on(), ("Ctrl+Shift+Return",),
            lambda desk: desk.can_go_on),
    Command("chat.earlier", "Earlier version", CHAT, lambda desk: desk.step_version(-1), ("Alt+Left",),
            lambda desk: desk.can_answer_again, menu=False),
    Command("chat.later", "Later version", CHAT, lambda desk: desk.step_version(1), ("Alt+Right",),
            lambda desk: desk.can_answer_again, menu=False),
    _on_answer("references", "Copy the last answer with its references", "Ctrl+Alt+Shift+C"),
    _on_answer("export", "Export the last answer…", "Ctrl+Alt+E"),
    _on_answer("sources", "Ask again with other sources…", "Ctrl+Shift+R"),
    _on_answer("saw", "What the model saw…", "F9"),
    _on_answer("wrong", "Report the last answer as wrong…", "Ctrl+Shift+F9"),
    Command("reports", "Answers reported as wrong…", CHAT, lambda desk: desk.show_reports(), ("Ctrl+Alt+F9",),
            lambda desk: desk.open),
    Command("chat.export", "Export this chat…", CHAT, lambda desk: desk.export_conversation(), ("Ctrl+Shift+E",),
            _has_conversation),
    Command("chat.rename", "Rename this chat", CHAT, lambda desk: desk.rename_conversation(), ("F2",),
            _has_conversation),
    Command("chat.delete", "Delete this chat", CHAT, lambda desk: desk.delete_conversation(), ("Ctrl+Shift+Del",),
            _has_conversation),
    Command("chat.previous", "Chat above", CHAT, lambda desk: desk.step_conversation(-1), ("Ctrl+PgUp",),
            lambda desk: desk.open, menu=False),
    Command("chat.next", "Chat below", CHAT, lambda desk: desk.step_conversation(1), ("Ctrl+PgDown",),
            lambda desk: desk.open, menu=False),
    Command("undo", "Undo the removal", CHAT, lambda desk: desk.undo(), ("Ctrl+Shift+Z",),
            lambda desk: desk.can_undo),
    Command("model.retry", "Try the language model again", CHAT, lambda desk: desk.retry_model(), (),
            lambda desk: desk.open, menu=False),
    Command("documents.add", "Add documents…", DOCUMENTS, lambda desk: desk.add_documents(), ("Ctrl+O",),
            lambda desk: desk.open),
    Command("documents.folder", "Add a folder…", DOCUMENTS, lambda desk: desk.add_folder(), ("Ctrl+Shift+O",),
            lambda desk: desk.open),
    Command("documents.watch", "Watch a folder…", DOCUMENTS, lambda desk: desk.watch_folder(), ("Ctrl+Shift+W",),
            lambda desk: desk.open),
    Command("documents.open", "Open the selected document", DOCUMENTS, lambda desk: desk.open_document(),
            ("Ctrl+Alt+O",), lambda desk: desk.has_document),
    Command("documents.look", "Look at the selected document", DOCUMENTS, lambda desk: desk.look_at_document(),
            ("Ctrl+I",), lambda desk: desk.has_document),
    Command("documents.summarise", "Summarise the selected document", DOCUMENTS,
            lambda desk: desk.summarise_document(), ("Ctrl+Shift+S",),
            lambda desk: desk.has_document and not desk.answering),
    Command("documents.pause", "Pause or go on with documents", DOCUMENTS, lambda desk: desk.pause_documents(),
            ("Ctrl+Shift+P",), lambda desk: desk.open),
    Command("documents.retry", "Try again what could not be read", DOCUMENTS, lambda desk: desk.retry_documents(), (),
            lambda desk: desk.has_failed),
    _move_waiting("sooner", "Read the selected files sooner", "Alt+Up"),
    _move_waiting("later", "Read the selected files later", "Alt+Down"),
    _move_waiting("first", "Read the selected files next", "Alt+Home"),
    _move_waiting("last", "Read the selected files last", "Alt+End"),
    Command("documents.stop", "Stop adding documents", DOCUMENTS, lambda desk: desk.stop_adding(), ("Ctrl+Esc",),
            lambda desk: desk.adding),
    Command("documents.everywhere", "Show documents of all workspaces, or of this one", DOCUMENTS,
            lambda desk: desk.toggle_everywhere(), ("Ctrl+Shift+G",), lambda desk: desk.open, menu=False),
    Command("documents.remove", "Remove the selected document", DOCUMENTS, lambda desk: desk.remove_document(), (),
            lambda desk: desk.has_document),
    Command("documents.switch", "Switch between model and documents", DOCUMENTS, lambda desk: desk.toggle_documents(),
            ("Ctrl+D",), _is_idle),
    Command("documents.scope", "Choose which documents are asked…", DOCUMENTS, lambda desk: desk.choose_scope(),
            ("Ctrl+Shift+D",), lambda desk: desk.open),
    _mode(0, "quotes", "Answer with quotes only"),
    _mode(1, "careful", "Answer carefully"),
    _mode(2, "free", "Answer freely"),
    *(_show_source(number) for number in range(1, 10)),
    Command("viewer.open", "Open the document at the marked source", DOCUMENTS, lambda desk: desk.open_source(),
            ("Ctrl+Return",), lambda desk: desk.sources > 0),
    _in_document("next", "Next citation", "F8"),
    _in_document("previous", "Previous citation", "Shift+F8"),
    _in_document("search", "Search in the document", "Ctrl+F"),
    _in_document("found", "Next place found", "F3"),
    _in_document("found.before", "Place found before", "Shift+F3"),
    _in_document("larger", "Enlarge the page", "Ctrl+Alt++", "Ctrl+Alt+="),
    _in_document("smaller", "Make the page smaller", "Ctrl+Alt+-"),
    _in_document("fit", "Page as wide as there is room", "Ctrl+Alt+0"),
    _in_document("text", "Switch between the page and its text", "Ctrl+Alt+T"),
    _in_document("beside", "Show the text beside the page, or no longer", "Ctrl+Alt+B"),
    _in_document("copy", "Copy the passage with its reference", "Ctrl+Alt+C"),
    _in_document("outside", "Open the document in its own program…"),
    _in_document("close", "Close the document", "Ctrl+W", menu=True),
    Command("go.composer", "Go to the question field", VIEW, lambda desk: desk.focus("composer"), ("Ctrl+L",),
            menu=False),
    Command("go.chats", "Go to the chats", VIEW, lambda desk: desk.focus("chats"), ("Ctrl+1",), menu=False),
    Command("go.documents", "Go to the documents", VIEW, lambda desk: desk.focus("documents"), ("Ctrl+2",), menu=False),
    Command("go.answer", "Go to the last answer", VIEW, lambda desk: desk.focus("answer"), ("Ctrl+3",), menu=False),
    Command("go.sources", "Go to the sources", VIEW, lambda desk: desk.focus("sources"), ("Ctrl+4",), menu=False),
    Command("go.viewer", "Go to the document", VIEW, lambda desk: desk.focus("viewer"), ("Ctrl+5",),
            lambda desk: desk.viewing, menu=False),
    Command("view.side", "Show or hide chats and documents", VIEW, lambda desk: desk.toggle_side(), ("Ctrl+B",)),
    Command("view.sources", "Show or hide the sources", VIEW, lambda desk: desk.toggle_sources(), ("Ctrl+Shift+B",)),
    Command("view.larger", "Larger text", VIEW, lambda desk: desk.change_text_size(10), ("Ctrl++", "Ctrl+=")),
    Command("view.smaller", "Smaller text", VIEW, lambda desk: desk.change_text_size(-10), ("Ctrl+-",)),
    Command("view.usual", "Usual text size", VIEW, lambda desk: desk.change_text_size(0), ("Ctrl+0",)),
    Command("view.dark", "Switch between light and dark", VIEW, lambda desk: desk.toggle_dark(), ("Ctrl+Shift+L",)),
    Command("palette", "All commands…", HELP, lambda desk: desk.show_palette(), ("Ctrl+K",)),
    Command("models", "Models…", HELP, lambda desk: desk.show_models(), ("Ctrl+M",), lambda desk: desk.open),
    Command("preferences", "Preferences…", HELP, lambda desk: desk.show_preferences(), ("Ctrl+,",),
            lambda desk: desk.open),
    Command("seal", "Privacy and the seal…", HELP, lambda desk: desk.show_seal()),
    Command("help", "Keyboard and help", HELP, lambda desk: desk.show_help(), ("F1", "Ctrl+?")),
    Command("data", "Your data…", HELP, lambda desk: desk.show_keeping(), ("Ctrl+Shift+Y",), lambda desk: desk.open),
    Command("lock", "Lock Privet", HELP, lambda desk: desk.lock(), ("Ctrl+Shift+K",), lambda desk: desk.open),
    Command("quit", "Quit", HELP, lambda desk: desk.quit(), ("Ctrl+Q",)),
)  # fmt: skip
