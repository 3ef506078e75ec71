"""What decides for the panels: each asks the engine through the bridge and tells its view what to show.

May not: import one another; draw; start a thread.
"""

from ui.presenters.answers import AnswersPresenter
from ui.presenters.chat import ChatPresenter
from ui.presenters.conversations import ConversationsPresenter
from ui.presenters.library import LibraryPresenter
from ui.presenters.models import ModelsPresenter
from ui.presenters.modes import MODES
from ui.presenters.pins import PinsPresenter
from ui.presenters.privacy import PrivacyPresenter
from ui.presenters.viewer import ViewerPresenter

__all__ = [
    "MODES",
    "AnswersPresenter",
    "ChatPresenter",
    "ConversationsPresenter",
    "LibraryPresenter",
    "ModelsPresenter",
    "PinsPresenter",
    "PrivacyPresenter",
    "ViewerPresenter",
]
