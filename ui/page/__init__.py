"""A page of the window, drawn in a sealed child with everything on it that could make a page open something.

May not: be imported by anything; it is started by name, for the self-test of the seal.
"""

__all__: list[str] = []
