"""The options, each as the engine declares it: title, words and limits come from there.

May not: import another panel.
"""

from ui.panels.preferences.dialog import PreferencesDialog

__all__ = ["PreferencesDialog"]
