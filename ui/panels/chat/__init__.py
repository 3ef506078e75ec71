"""The chat: questions, answers as they grow, and the field to ask in.

May not: import another panel; know the engine.
"""

from ui.panels.chat.turns import BESIDES, Answer, Question, Shown
from ui.panels.chat.view import ChatView

__all__ = ["BESIDES", "Answer", "ChatView", "Question", "Shown"]
