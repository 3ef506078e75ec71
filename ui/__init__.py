"""The window: Privet's first face, in PySide6.

May not: import torch, chromadb, llama_cpp or anything else that is heavy; enter a room of the engine but by its
front door; use QtNetwork; start a thread outside `ui.bridge`.
"""

__all__: list[str] = []
