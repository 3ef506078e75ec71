"""llama.cpp in a child process: load a model, count tokens, stream an answer, stop at once.

May not: know conversations, documents or prompts' wording; run anything that a model file brings along.
"""

from assistant.engine.client import ContextFull, Engine, LoadedModel
from assistant.engine.families import Segment, chat_format, segments
from assistant.engine.formats import FAMILIES

__all__ = ["FAMILIES", "ContextFull", "Engine", "LoadedModel", "Segment", "chat_format", "segments"]
