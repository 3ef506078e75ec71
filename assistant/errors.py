"""What can go wrong, each with the two sentences a person sees.

PrivetError
├── EnvironmentFault            the machine's, a file's or a person's doing; never our bug
│   ├── BadInput                an option or argument that makes no sense
│   ├── NotFound                a conversation, document or passage that is not (or no longer) there
│   ├── ModelMissing            there is no model file
│   ├── ModelUnreadable         a model file that is not sound
│   ├── ModelSetAside           a model whose process ended too often to be loaded again unasked
│   ├── DocumentUnreadable      a document that cannot be read
│   ├── DiskFull
│   ├── VaultFault
│   │   ├── VaultInUse          another Privet has it open
│   │   ├── VaultNewer          written by a later Privet
│   │   ├── VaultDamaged
│   │   ├── WrongPassphrase
│   │   ├── PassphraseNeeded    no keychain, so a passphrase must be given
│   │   └── KeychainUnavailable the keychain that holds the key does not answer
│   └── ChildDied               a child process ended in the middle of its work
│       ├── ChildOutOfMemory    the system ended it for want of memory
│       └── ChildTimedOut       it did not answer in time and was ended
├── Stopped                     the person asked for it; nothing is wrong
└── Bug                         ours
"""

from __future__ import annotations


class PrivetError(Exception):
    """Anything Privet says to a person.

    what: one sentence that says what happened. do: one sentence that says what to do next.
    """

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what} {do}".strip())
        self.what = what
        self.do = do


class EnvironmentFault(PrivetError):
    """Not our doing: the machine's, a file's or a person's."""


class BadInput(EnvironmentFault):
    """An option or an argument that makes no sense."""


class NotFound(EnvironmentFault):
    """Something that is not, or no longer, there."""


class ModelMissing(EnvironmentFault):
    """There is no model file where one is expected."""


class ModelUnreadable(EnvironmentFault):
    """A model file that is not sound."""


class ModelSetAside(EnvironmentFault):
    """A model whose process ended three times in a row; it is not loaded again before a person asks for that."""


class DocumentUnreadable(EnvironmentFault):
    """A document that cannot be read."""


class DiskFull(EnvironmentFault):
    """There is no room left on the disk."""


class VaultFault(EnvironmentFault):
    """The vault cannot be opened or used."""


class VaultInUse(VaultFault):
    """Another Privet has the vault open."""


class VaultNewer(VaultFault):
    """The vault was written by a later version of Privet."""


class VaultDamaged(VaultFault):
    """The vault's file is not what was written."""


class WrongPassphrase(VaultFault):
    """The passphrase does not open the vault."""


class PassphraseNeeded(VaultFault):
    """There is no keychain, so a passphrase must be given."""


class KeychainUnavailable(VaultFault):
    """The keychain that holds the key does not answer."""


class ChildDied(EnvironmentFault):
    """A child process ended in the middle of its work. child: its name, as "engine". signal: what ended it, 0: none."""

    def __init__(self, what: str, do: str, child: str = "", signal: int = 0) -> None:
        super().__init__(what, do)
        self.child = child
        self.signal = signal


class ChildOutOfMemory(ChildDied):
    """The system ended a child process for want of memory."""


class ChildTimedOut(ChildDied):
    """A child process did not answer in time and was ended."""


class Stopped(PrivetError):
    """The person asked to stop; nothing is wrong."""

    def __init__(self) -> None:
        super().__init__("Stopped.", "")


class Bug(PrivetError):
    """A mistake of ours."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Privet made a mistake: {what}", "What you wrote is kept; please try again.")
