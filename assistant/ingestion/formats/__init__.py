"""One module per kind of document; only the child that reads imports them.

May not: be imported outside that child; open anything but the descriptor they are handed.
"""

__all__: list[str] = []
