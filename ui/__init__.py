"""The window: Privet's first face, in PySide6.

May not: import torch, chromadb, llama_cpp or anything else that is heavy; enter a room of the engine but by its
front door; use QtNetwork; start a thread outside `ui.bridge`.
"""

from ui.refcounts import protect_constants

__all__: list[str] = []

protect_constants()
