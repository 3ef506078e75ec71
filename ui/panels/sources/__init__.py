"""The sources of an answer: the exact passages, numbered as in the answer.

May not: import another panel.
"""

from ui.panels.sources.view import SourcesView

__all__ = ["SourcesView"]
