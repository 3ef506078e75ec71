"""The seal: no process of Privet can open a network socket, and this room proves it.

May not: import anything of ours, so that it can be read alone and set before anything else loads.
"""

from assistant.privacy.calls import SealError
from assistant.privacy.dumps import keep_memory_private, memory_is_private
from assistant.privacy.hook import Attempt, attempts
from assistant.privacy.jobs import Contained, this_windows
from assistant.privacy.jobs import System as ContainingSystem
from assistant.privacy.jobs import start as start_contained
from assistant.privacy.layers import Layer, LayerState, layers
from assistant.privacy.namespace import enter_empty_network, wanted
from assistant.privacy.offline import clean_environment, go_offline
from assistant.privacy.places import Place, place
from assistant.privacy.seal import (
    Confinement,
    SealState,
    confine,
    confine_fork,
    make_no_files,
    narrow_to_descriptors,
    seal_process,
    seal_state,
)
from assistant.privacy.watch import Process, processes

__all__ = [
    "Attempt",
    "Confinement",
    "Contained",
    "ContainingSystem",
    "Layer",
    "LayerState",
    "Place",
    "Process",
    "SealError",
    "SealState",
    "attempts",
    "clean_environment",
    "confine",
    "confine_fork",
    "enter_empty_network",
    "go_offline",
    "keep_memory_private",
    "layers",
    "make_no_files",
    "memory_is_private",
    "narrow_to_descriptors",
    "place",
    "processes",
    "seal_process",
    "seal_state",
    "start_contained",
    "this_windows",
    "wanted",
]
