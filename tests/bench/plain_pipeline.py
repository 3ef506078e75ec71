"""Documents added the plain way, as LangChain's tutorials do it: split by characters, embed, put into Chroma.

Reads a JSON list of paths a line, answers with the seconds that it took to add them. Written out with the libraries
that LangChain calls (RecursiveCharacterTextSplitter's separators and usual sizes, SentenceTransformer.encode with its
usual batch of 32, a persistent Chroma collection that keeps the texts), so that its own overhead does not count.

    python -m tests.bench.plain_pipeline MODEL_FOLDER CHROMA_FOLDER THREADS
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

SIZE, OVERLAP = 1000, 200
SEPARATORS = ("\n\n", "\n", " ", "")


def split(text: str, separators: tuple[str, ...] = SEPARATORS) -> list[str]:
    """Stretches of at most SIZE characters that begin with up to OVERLAP characters of the one before."""
    separator = next(one for one in separators if one == "" or one in text)
    rest = separators[separators.index(separator) + 1 :]
    pieces: list[str] = []
    for piece in text.split(separator) if separator else list(text):
        pieces += [piece] if len(piece) <= SIZE or not rest else split(piece, rest)
    return _merged(pieces, separator)


def _merged(pieces: list[str], separator: str) -> list[str]:
    merged: list[str] = []
    window: list[str] = []
    length = 0
    for piece in pieces:
        if window and length + len(piece) + len(separator) > SIZE:
            merged.append(separator.join(window))
            while window and (length > OVERLAP or length + len(piece) + len(separator) > SIZE):
                length -= len(window.pop(0)) + len(separator)
        window.append(piece)
        length += len(piece) + len(separator)
    return [*merged, separator.join(window)] if window else merged


def main(model_folder: str, chroma_folder: str, threads: int) -> None:
    """Add what stands on standard input, a list a line."""
    import chromadb
    import torch
    from chromadb.api.types import Metadata
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    model = SentenceTransformer(model_folder, device="cpu", local_files_only=True)
    collection = chromadb.PersistentClient(chroma_folder).get_or_create_collection("plain", embedding_function=None)
    model.encode(["warm"])
    print("ready", flush=True)
    count = 0
    for line in sys.stdin:
        began = time.perf_counter()
        texts: list[str] = []
        where: list[Metadata] = []
        for path in json.loads(line):
            chunks = split(Path(path).read_text(encoding="utf-8"))
            texts += chunks
            where += [{"source": path}] * len(chunks)
        vectors = model.encode(texts, batch_size=32)
        ids = [str(count + at) for at, _ in enumerate(texts)]
        collection.add(ids=ids, embeddings=vectors, documents=texts, metadatas=where)
        count += len(texts)
        print(json.dumps([time.perf_counter() - began, len(texts)]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
