"""The models: which are there and how they run here, which others there are, and how one comes in.

May not: import another panel; know the engine.
"""

from ui.panels.models.rows import Bar, ModelCard, Offer, Spot, Tone, Tuning
from ui.panels.models.running import Choice, Row, RunningDialog
from ui.panels.models.view import ModelsPage

__all__ = [
    "Bar",
    "Choice",
    "ModelCard",
    "ModelsPage",
    "Offer",
    "Row",
    "RunningDialog",
    "Spot",
    "Tone",
    "Tuning",
]
