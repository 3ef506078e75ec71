"""The model that answers, ready as this machine allows; and a model tried out: how it runs best here, in which layout.

May not: judge whether a model is sound; know what is asked.
"""

from assistant.models.adapters import Adapters
from assistant.models.chosen import ChosenModel, usable_devices
from assistant.models.collection import Collection, use_embedder
from assistant.models.improving import Improving
from assistant.models.ordering import Ordering, use_reranker
from assistant.models.plans import Plans, measure_plan
from assistant.models.rating import measure_rates
from assistant.models.trial import Trial, try_out
from assistant.models.tuning import Tuning, tune
from assistant.models.wishes import Wishes, overriding

__all__ = [
    "Adapters",
    "ChosenModel",
    "Collection",
    "Improving",
    "Ordering",
    "Plans",
    "Trial",
    "Tuning",
    "Wishes",
    "measure_plan",
    "measure_rates",
    "overriding",
    "try_out",
    "tune",
    "usable_devices",
    "use_embedder",
    "use_reranker",
]
