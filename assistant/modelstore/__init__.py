"""Which models there are, whether they are sound, and which chat format each was trained on.

May not: load or run a model, or anything from a model's file; fetch one.
"""

from assistant.modelstore.store import ModelStore

__all__ = ["ModelStore"]
