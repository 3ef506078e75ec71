"""The model that answers, ready as this machine allows; and a model tried out: how fast it is, and what it takes.

May not: judge whether a model is sound; know what is asked.
"""

from assistant.models.chosen import ChosenModel
from assistant.models.trial import Trial, try_out

__all__ = ["ChosenModel", "Trial", "try_out"]
