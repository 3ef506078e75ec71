"""What the organisation decided for this computer: read from where only its administrator may write, and typed.

May not: know what a decision means to a room; obey a file that its user could have written; keep Privet from starting.
"""

from assistant.policy.policy import Organisation, Policy
from assistant.policy.read import read_policy

__all__ = ["Organisation", "Policy", "read_policy"]
