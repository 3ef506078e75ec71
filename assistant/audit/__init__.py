"""A log of what was asked of what: who was asked, from which passages, under which settings; a chain of hashes.

May not: hold what was asked or answered unless the policy says so; be changed but by adding to it.
"""

from assistant.audit.log import AuditLog, Entry, Verdict
from assistant.audit.record import record_of

__all__ = ["AuditLog", "Entry", "Verdict", "record_of"]
