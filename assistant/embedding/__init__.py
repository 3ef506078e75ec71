"""Texts into vectors and token counts, by a sentence-transformers model in a child process.

May not: run the model in this process; take a model from anywhere but a folder; know what the texts are for.
"""

from assistant.embedding.embedder import Embedder

__all__ = ["Embedder"]
