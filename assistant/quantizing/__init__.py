"""Other layouts of a model's weights, made by llama.cpp's quantizer and held against the source, in a child process.

May not: decide which layouts are made or which is used; touch the source; leave half a file.
"""

from assistant.quantizing.bench import Bench
from assistant.quantizing.forms import FAR, FORMS
from assistant.quantizing.layouts import LAYOUTS, Layout

__all__ = ["FAR", "FORMS", "LAYOUTS", "Bench", "Layout"]
