"""Which models there are, whether they are sound, how they come in, and what each would cost on this machine.

May not: load or run a model; run anything from a model's file, save a chat template in a child that can do nothing
but try it out; fetch one.
"""

from assistant.modelstore.allowed import Rules, read_rules, standard_place
from assistant.modelstore.choices import NEEDS, usual_file
from assistant.modelstore.fit import USUAL_CONTEXT
from assistant.modelstore.fitting import Fitting
from assistant.modelstore.layouts import Layouts
from assistant.modelstore.learning import NotLearned
from assistant.modelstore.machine import battery, multiplies_bytes
from assistant.modelstore.names import shown, shown_path
from assistant.modelstore.rates import Timing
from assistant.modelstore.store import ModelStore
from assistant.modelstore.templates import learn_format

__all__ = [
    "NEEDS",
    "USUAL_CONTEXT",
    "Fitting",
    "Layouts",
    "ModelStore",
    "NotLearned",
    "Rules",
    "Timing",
    "battery",
    "learn_format",
    "multiplies_bytes",
    "read_rules",
    "shown",
    "shown_path",
    "standard_place",
    "usual_file",
]
