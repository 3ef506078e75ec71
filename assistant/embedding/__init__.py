"""Texts into vectors and token counts, and passages read for a question, by small encoders in a child process.

May not: run the model in this process; take a model from anywhere but a folder; know what the texts are for.
"""

from assistant.embedding.embedder import Embedder, Precision
from assistant.embedding.folder import Description
from assistant.embedding.nearness import Nearness
from assistant.embedding.reading import Pointed, ReaderFiles, Reading
from assistant.embedding.soundness import look_at

__all__ = ["Description", "Embedder", "Nearness", "Pointed", "Precision", "ReaderFiles", "Reading", "look_at"]
