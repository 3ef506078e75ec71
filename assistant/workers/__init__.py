"""Child processes: started, spoken to in frames with size caps, held to deadlines and limits, and killed.

May not: know what a child does; share memory or pickled objects with it; reach a network.
"""

from assistant.workers.alarm import Alarm
from assistant.workers.beside import side_by_side
from assistant.workers.child import Child, ChildSpec, Replies, Reply
from assistant.workers.cores import usable_cores
from assistant.workers.limits import Limits
from assistant.workers.meanwhile import Meanwhile
from assistant.workers.serve import Cancelled, Handler, Part, Refusal, Request
from assistant.workers.template import Template

__all__ = [
    "Alarm",
    "Cancelled",
    "Child",
    "ChildSpec",
    "Handler",
    "Limits",
    "Meanwhile",
    "Part",
    "Refusal",
    "Replies",
    "Reply",
    "Request",
    "Template",
    "side_by_side",
    "usable_cores",
]
