"""`privet models` in words and as JSON, with its exit statuses, and without a vault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.main import main
from assistant.quantizing import LAYOUTS
from tests.assistant.modelstore.gguf_files import Gguf
from tests.assistant.modelstore.tiny_models import tiny_model


@pytest.fixture(autouse=True)
def quick(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own, other programs' too, and no two seconds for the memory."""
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    monkeypatch.delenv("OLLAMA_MODELS", raising=False)
    monkeypatch.setattr("assistant.modelstore.machine.measure_bandwidth", lambda _: 5e10)
    monkeypatch.setattr("assistant.cli.models_measuring.measure_rates", lambda *_: iter(()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(tiny_model().bytes())
    return path


def objects(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_model_comes_is_shown_and_goes(file: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "import", str(file)]) == 0
    assert "tiny was imported" in capsys.readouterr().out
    assert main(["models", "list", "--json"]) == 0
    listed = objects(capsys)[0]
    assert [model["name"] for model in listed] == ["SmolLM2 135M Instruct", "all-MiniLM-L6-v2", "tiny"]
    assert [model["in_use"] for model in listed] == [True, True, False]  # the second searches
    assert main(["models", "list"]) == 0
    assert "answers now" in capsys.readouterr().out
    assert main(["models", "show", "tiny"]) == 0
    shown = capsys.readouterr().out
    assert "F32" in shown and "context    512" in shown and "checksum" in shown
    assert main(["models", "show", "3", "--json"]) == 0
    assert objects(capsys)[0]["facts"]["layers"] == 2
    assert main(["models", "verify", "tiny", "--json"]) == 0
    assert objects(capsys)[0]["intact"] is True
    assert main(["models", "remove", "tiny"]) == 0
    assert not (home / "models" / "tiny.gguf").exists()
    assert file.exists()
    assert main(["models", "remove", "tiny"]) == 1
    assert "no model is called" in capsys.readouterr().err


def test_what_is_refused_is_said_and_the_status_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad\u202e.gguf").write_bytes(b"%PDF")
    assert main(["models", "import", str(tmp_path / "bad\u202e.gguf")]) == 1
    said = capsys.readouterr().out
    assert "not a language model file" in said and "\u202e" not in said
    assert main(["models", "import", str(tmp_path / "none.gguf"), "--json"]) == 1
    assert objects(capsys)[0]["state"] == "refused"
    assert main(["models", "import", "Ollama:nothing"]) == 1
    assert "--elsewhere" in capsys.readouterr().err
    assert main(["models", "remove", "1"]) == 1
    assert "answers" in capsys.readouterr().err


def test_a_changed_file_is_found_out(file: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.chmod(0o666)  # so that it is copied, not shared
    assert main(["models", "import", str(file)]) == 0
    with (home / "models" / "tiny.gguf").open("r+b") as kept:
        kept.seek(-1, 2)
        kept.write(b"\x7f")
    capsys.readouterr()
    assert main(["models", "verify", "tiny"]) == 1
    assert "FAULT" in capsys.readouterr().out
    assert main(["models", "fit", str(file)]) == 0


def test_fit_says_the_verdict_and_the_reason(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "fit", str(file), "--json"]) == 0
    told = objects(capsys)[0]
    assert told["verdict"] == "runs well" and told["why"].endswith(".")
    assert told["plan"]["context"] == 512 and told["memory"]["total"] > file.stat().st_size
    assert main(["models", "fit", str(file), "--context", "256", "--threads", "1", "--json"]) == 0
    assert objects(capsys)[0]["plan"] == {"context": 256, "threads": 1, "kv_type": "f16", "gpu_layers": 0, "device": ""}
    assert main(["models", "fit"]) == 0
    assert "SmolLM2" in capsys.readouterr().out
    file.write_bytes(Gguf(magic=b"XXXX").bytes())
    assert main(["models", "fit", str(file)]) == 1


def test_fit_measures_where_it_is_asked_to(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A model that reads in a millisecond is a hundred times slower on a busy machine.
    monkeypatch.setattr("assistant.modelstore.calibration._FARTHEST", 1e9)
    assert main(["models", "fit", str(file), "--measure", "--json"]) == 0
    assert objects(capsys)[0]["measured"] is True
    assert main(["models", "fit", str(file), "--json"]) == 0
    assert objects(capsys)[0]["measured"] is True


def test_the_choices_are_told_with_their_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--choices", "--json"]) == 0
    (choices,) = objects(capsys)
    assert len(choices) >= 15
    assert {choice["fit"]["verdict"] for choice in choices if choice["fit"]} <= {"runs well", "slow", "won't fit"}
    assert main(["models", "list", "--choices", "--for", "weak_hardware"]) == 0
    said = capsys.readouterr().out
    assert "Gemma 3 1B" in said and "Nemo" not in said and "fetches none" in said
    assert main(["models", "list", "--choices", "--for", "poetry"]) == 1


def test_models_of_other_programs_are_listed_and_taken(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "person" / ".lmstudio" / "models" / "maker"
    place.mkdir(parents=True)
    file.rename(place / "theirs.gguf")
    assert main(["models", "list", "--elsewhere"]) == 0
    assert "LM Studio:theirs" in capsys.readouterr().out
    assert main(["models", "import", "--in-place", "LM Studio:theirs", "--json"]) == 0
    assert objects(capsys)[0]["state"] == "imported"
    assert main(["models", "list", "--json"]) == 0
    assert objects(capsys)[-1][-1]["program"] == "LM Studio"


def test_how_a_model_runs_is_told_and_chosen(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "import", str(file), "--json"]) == 0
    capsys.readouterr()
    assert main(["models", "run", "tiny", "--kv", "q8_0", "--threads", "1", "--json"]) == 0
    (found,) = objects(capsys)
    assert found["wish"] == {"context": 0, "threads": 1, "kv_type": "q8_0", "gpu_layers": -1}
    assert (found["fit"]["plan"]["kv_type"], found["fit"]["plan"]["threads"], found["locked"]) == ("q8_0", 1, [])
    assert main(["models", "run", "tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (chosen,) = (line for line in lines if "* q8_0" in line)
    assert "GB, first word after" in chosen and "tokens a second" in chosen
    assert main(["models", "run", "tiny", "--context", "-5"]) == 1
    assert "is no value for" in capsys.readouterr().err


def test_a_model_is_tuned_shown_and_benched(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.models.tuning.candidates", lambda facts, machine: (LAYOUTS["Q8_0"],))
    monkeypatch.setattr("assistant.models.tuning._ROUNDS", 1)
    monkeypatch.setattr("assistant.models.tuning._LAST_ROUNDS", 0)
    assert main(["models", "tune", str(file), "--threads", "1", "--json"]) == 0
    (tuned,) = objects(capsys)
    assert [layout["name"] for layout in tuned["layouts"]] == ["F32", "Q8_0"]
    assert sum(layout["recommended"] for layout in tuned["layouts"]) == 1
    assert main(["models", "tune", str(file), "--use", "F32"]) == 0
    assert "loaded as F32" in capsys.readouterr().out
    assert main(["models", "tune", str(file), "--use", "Q1_0"]) == 1
    assert "no layout" in capsys.readouterr().err
    assert main(["models", "bench", str(file), "--json"]) == 0
    (benched,) = objects(capsys)
    assert benched["measured"]["read"] > 0 and benched["run_plan"]["plan"]["threads"] >= 1
    assert main(["models", "fit", str(file)]) == 0
    assert "runs best with" in capsys.readouterr().out
