"""A model tried out on this machine: how fast it reads and writes and what memory it takes, kept for predictions.

May not: decide which model is used; judge whether one is sound.
"""

from assistant.models.trial import Trial, try_out

__all__ = ["Trial", "try_out"]
