"""llama.cpp in a child process: load a model, count tokens, stream an answer, stop at once.

May not: know conversations, documents or prompts' wording; run anything that a model file brings along.
"""

from assistant.engine.cache import StateCache
from assistant.engine.client import Engine
from assistant.engine.deaths import Deaths
from assistant.engine.families import Segment, chat_format, segments
from assistant.engine.formats import FAMILIES
from assistant.engine.graphics import PROCESSOR, Place, look
from assistant.engine.loaded import LoadedModel, default_plan
from assistant.engine.placement import Placement
from assistant.engine.pointing import WORD, Pointing
from assistant.engine.replies import ContextFull

__all__ = [
    "FAMILIES",
    "PROCESSOR",
    "WORD",
    "ContextFull",
    "Deaths",
    "Engine",
    "LoadedModel",
    "Place",
    "Placement",
    "Pointing",
    "Segment",
    "StateCache",
    "chat_format",
    "default_plan",
    "look",
    "segments",
]
