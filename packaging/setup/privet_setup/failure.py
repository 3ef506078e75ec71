"""The one error that set-up shows to a person: what happened, and what to do next."""


class SetupFailure(Exception):
    """Set-up cannot go on. Both sentences are for the person at the keyboard."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.what = what
        self.do = do
