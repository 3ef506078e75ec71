"""The seal: no process of Privet can open a network socket, and this room proves it.

May not: import anything of ours, so that it can be read alone and set before anything else loads.
"""

from assistant.privacy.dumps import keep_memory_private, memory_is_private
from assistant.privacy.hook import Attempt, attempts
from assistant.privacy.offline import clean_environment, go_offline
from assistant.privacy.seal import SealError, SealState, narrow_to_descriptors, seal_process, seal_state

__all__ = [
    "Attempt",
    "SealError",
    "SealState",
    "attempts",
    "clean_environment",
    "go_offline",
    "keep_memory_private",
    "memory_is_private",
    "narrow_to_descriptors",
    "seal_process",
    "seal_state",
]
