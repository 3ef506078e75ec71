"""The self-test of the seal: sealed children try to get out in every way we know, and what refuses each is reported.

May not: count as refused what was not tried, or what failed for another reason; send anything, should a way be open.
"""

from assistant.proving.report import checksum_holds, report, verdict
from assistant.proving.trial import Outcome, Tried, prove
from assistant.proving.ways import WAYS, Way

__all__ = ["WAYS", "Outcome", "Tried", "Way", "checksum_holds", "prove", "report", "verdict"]
