"""Learns the embedded reader from SQuAD, and writes models/reader.safetensors.

    python -m tests.bench.reader TRAIN_JSON MINUTES [FROM]

TRAIN_JSON: SQuAD 1.1's train-v1.1.json (Rajpurkar et al., EMNLP 2016; CC BY-SA 4.0; its checksum is in
models/catalog.toml), which shares no article with XQuAD. MINUTES: how long to learn. FROM: what an earlier run left
(build/bench/reader.pt), to go on from. Each question is read with its paragraph and with another one of the same
article that has its words but not its answer; 24 articles are kept apart, and what is printed is of them. The
embeddings and the first layer stay those of the embedder; the other five layers and the heads are learned, and kept in
8 bits.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import AutoTokenizer, BertModel

from tests.bench.corpora import BUILT
from tests.conftest import EMBEDDED_EMBEDDER

OWN: Final = EMBEDDED_EMBEDDER.parents[1] / "reader.safetensors"
_RATE: Final = 1e-4
_TOGETHER: Final = 12
"""Questions in a batch."""
_TOKENS: Final = 264
_APART: Final = 24
"""Articles that are not learned on."""
_AGAINST: Final = 4
"""Of the paragraphs that have most of the question's words, one is drawn from so many."""
_ANYWHERE: Final = 0.08
"""How often it is one of any article instead."""
_LONGEST: Final = 12


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question. paragraph: the number of its own. start, end: of the answer in it. others: what has its words too."""

    text: str
    paragraph: int
    start: int
    end: int
    others: tuple[int, ...]


class _Reader(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            EMBEDDED_EMBEDDER,
            add_pooling_layer=False,
            attn_implementation="sdpa",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        width = self.bert.config.hidden_size
        self.answerable, self.span = torch.nn.Linear(width, 1), torch.nn.Linear(width, 2)
        for kept in (self.bert.embeddings, self.bert.encoder.layer[0]):
            for parameter in kept.parameters():
                parameter.requires_grad_(False)

    def forward(self, ids: Any, mask: Any) -> tuple[Any, Any]:
        """Of each pair whether it answers, and of each token how well an answer begins and ends there."""
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        return self.answerable(hidden[:, 0]).squeeze(-1).float(), self.span(hidden).float()


class _Questions:
    """SQuAD's questions with their paragraphs, those of some articles apart."""

    def __init__(self, path: Path) -> None:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        mixed = list(range(len(articles)))
        random.Random(7).shuffle(mixed)
        apart = set(mixed[:_APART])
        self.paragraphs = [each["context"] for article in articles for each in article["paragraphs"]]
        words = TfidfVectorizer(sublinear_tf=True, stop_words="english", ngram_range=(1, 2), max_features=400_000)
        told = words.fit_transform(self.paragraphs)
        self.learned: list[_Asked] = []
        self.apart: list[_Asked] = []
        first = 0
        for number, article in enumerate(articles):
            count = len(article["paragraphs"])
            rows = [(first + at, qa) for at, each in enumerate(article["paragraphs"]) for qa in each["qas"]]
            near = (words.transform([qa["question"] for _, qa in rows]) @ told[first : first + count].T).toarray()
            made = [
                self._asked(at, qa, (first + np.argsort(-like)).tolist())
                for (at, qa), like in zip(rows, near, strict=True)
            ]
            (self.apart if number in apart else self.learned).extend(made)
            first += count

    def _asked(self, paragraph: int, qa: Any, alike: Sequence[int]) -> _Asked:
        answer = qa["answers"][0]
        wanted = f" {_plain(answer['text'])} "
        others = [at for at in alike[:14] if at != paragraph and wanted not in f" {_plain(self.paragraphs[at])} "]
        start = answer["answer_start"]
        return _Asked(qa["question"].strip(), paragraph, start, start + len(answer["text"]), tuple(others[:_AGAINST]))

    def batches(self, chance: random.Random) -> Iterator[list[_Asked]]:
        """All that is learned on once, each batch of paragraphs of about one length."""
        mixed = list(self.learned)
        chance.shuffle(mixed)
        for at in range(0, len(mixed), _TOGETHER * 24):
            some = sorted(mixed[at : at + _TOGETHER * 24], key=lambda each: len(self.paragraphs[each.paragraph]))
            cut = [some[begin : begin + _TOGETHER] for begin in range(0, len(some), _TOGETHER)]
            chance.shuffle(cut)
            yield from cut


@dataclass(frozen=True, slots=True)
class _Batch:
    """Pairs of a question and a paragraph; right: 1.0 where that answers. starts, ends: tokens, -100 for no answer."""

    ids: Any
    mask: Any
    right: Any
    starts: Any
    ends: Any
    readable: Any


def _batch(tokenizer: Any, asked: Sequence[_Asked], all_: _Questions, chance: random.Random) -> _Batch:
    pairs: list[tuple[str, str]] = []
    answers: list[tuple[int, int] | None] = []
    for one in asked:
        pairs.append((one.text, all_.paragraphs[one.paragraph]))
        answers.append((one.start, one.end))
        if one.others:
            anywhere = chance.random() < _ANYWHERE
            other = chance.randrange(len(all_.paragraphs)) if anywhere else chance.choice(one.others)
            pairs.append((one.text, all_.paragraphs[other]))
            answers.append(None)
    encoded = tokenizer(
        [question for question, _ in pairs],
        [text for _, text in pairs],
        truncation="only_second",
        max_length=_TOKENS,
        padding=True,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    starts, ends = torch.full((len(pairs),), -100), torch.full((len(pairs),), -100)
    parts = [encoded.sequence_ids(row) for row in range(len(pairs))]
    for row, answer in enumerate(answers):
        if answer is not None:
            places = encoded["offset_mapping"][row].tolist()
            held = [
                at
                for at, (start, end) in enumerate(places)
                if parts[row][at] == 1 and start < answer[1] and end > answer[0]
            ]
            if held:
                starts[row], ends[row] = held[0], held[-1]
    right = torch.tensor([float(answer is not None) for answer in answers])
    readable = torch.tensor([[part == 1 for part in row] for row in parts])
    return _Batch(encoded["input_ids"], encoded["attention_mask"], right, starts, ends, readable)


def _run(model: _Reader, batch: _Batch) -> tuple[Any, Any]:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        whether, where = model(batch.ids, batch.mask)
    return whether, where.masked_fill(~batch.readable[:, :, None], -1e4)


def _loss(model: _Reader, batch: _Batch) -> Any:
    """That a paragraph answers or not, that the one that does comes before the other, and where in it the answer is."""
    whether, where = _run(model, batch)
    begins = [*(batch.right == 1).nonzero().squeeze(-1).tolist(), len(batch.right)]
    groups = [whether[at:end] for at, end in pairwise(begins) if end - at > 1]
    before = [cross_entropy(group[None], torch.tensor([0])) for group in groups]
    held = batch.starts >= 0
    spans = cross_entropy(where[held][:, :, 0], batch.starts[held]) + cross_entropy(
        where[held][:, :, 1], batch.ends[held]
    )
    return (
        binary_cross_entropy_with_logits(whether, batch.right) + 0.5 * sum(before) / max(1, len(groups)) + 0.35 * spans
    )


def _told(model: _Reader, tokenizer: Any, all_: _Questions, count: int) -> str:
    """What the model is worth on articles that it did not learn on."""
    yes: list[float] = []
    no: list[float] = []
    exact = 0
    model.eval()
    with torch.no_grad():
        for at in range(0, count, 16):
            batch = _batch(tokenizer, all_.apart[at : min(count, at + 16)], all_, random.Random(3))
            whether, where = _run(model, batch)
            yes += whether[batch.right == 1].tolist()
            no += whether[batch.right == 0].tolist()
            for row in (batch.right == 1).nonzero().squeeze(-1).tolist():
                scores = where[row, :, 0][:, None] + where[row, :, 1][None]
                allowed = torch.ones_like(scores).tril(_LONGEST).triu().bool()
                start, end = divmod(int(scores.masked_fill(~allowed, -1e9).argmax()), scores.shape[1])
                exact += (start, end) == (int(batch.starts[row]), int(batch.ends[row]))
    model.train()
    least = np.quantile(yes, 0.1)
    before = float(np.mean(np.array(yes)[:, None] > np.array(no)[None]))
    return f"AUC {before:.3f}, refused at a tenth {np.mean(np.array(no) < least):.3f}, words exact {exact / count:.3f}"


def learn(path: Path, minutes: float, begin: Path | None) -> None:
    """Learn for so long, and write the reader."""
    all_, tokenizer, model = _Questions(path), AutoTokenizer.from_pretrained(EMBEDDED_EMBEDDER), _Reader()
    if begin is not None:
        model.load_state_dict(torch.load(begin, weights_only=True))
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    decayed = [
        {"params": [one for one in learned if one.ndim > 1], "weight_decay": 0.01},
        {"params": [one for one in learned if one.ndim == 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(decayed, lr=_RATE)
    chance, began = random.Random(12), time.monotonic()
    for step, asked in enumerate(all_.batches(chance)):
        gone = (time.monotonic() - began) / 60 / minutes
        if gone >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / 60) * max(0.02, 1 - gone)
        optimizer.zero_grad()
        _loss(model, _batch(tokenizer, asked, all_, chance)).backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        if step % 200 == 199:
            print(f"{step + 1} steps: {_told(model, tokenizer, all_, 96)}", flush=True)
    BUILT.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), BUILT / "reader.pt")
    print(_told(model, tokenizer, all_, 960))
    export(model)


def export(model: _Reader) -> None:
    """Write what was learned: matrices in 8 bits with a scale for each of their rows, all else as it is."""
    base, kept = load_file(EMBEDDED_EMBEDDER / "model.safetensors"), {}
    for name, tensor in model.state_dict().items():
        inner, array = name.removeprefix("bert."), tensor.float().numpy()
        if inner in base and np.array_equal(base[inner], array):
            continue
        if inner != name and array.ndim == 2:
            scale = np.maximum(np.abs(array).max(axis=1), 1e-9) / 127
            kept[inner], kept[f"{inner}.scale"] = np.rint(array / scale[:, None]).astype(np.int8), scale
        else:
            kept[inner] = array
    save_file(kept, OWN)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


if __name__ == "__main__":
    learn(Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3:] else None)
