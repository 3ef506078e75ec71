"""What can be done with one answer besides reading it: what the model saw, other sources, a report that it is wrong.

May not: import another panel.
"""

from ui.panels.answers.reports import ReportsDialog
from ui.panels.answers.saw import SawDialog
from ui.panels.answers.sources import SourcesDialog
from ui.panels.answers.wrong import WrongDialog

__all__ = ["ReportsDialog", "SawDialog", "SourcesDialog", "WrongDialog"]
