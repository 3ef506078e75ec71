"""The operating system's keychain, from an allow-list: nothing here is found by looking around.

keyring's own choice is never asked: a package or a variable (PYTHON_KEYRING_BACKEND) could lead it to a
back end that keeps secrets in plain text, or drops them.
"""

from __future__ import annotations

import hmac
import importlib
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE: Final = "Privet"
_FOREIGN_VARIABLES: Final = ("KEYRING_PROPERTY_", "PYTHON_KEYRING_BACKEND", "KEYCHAIN_PATH")
_SESSION_ONLY: Final = "/org/freedesktop/secrets/collection/session"


@dataclass(frozen=True, slots=True)
class _BackEnd:
    """A class of keyring that keeps secrets encrypted and over a restart. name: as recorded in keys.json."""

    name: str
    system: str
    module: str
    cls: str


# libsecret is left out: it speaks to the same service as SecretService, and one entry must have one owner.
_ALLOWED: Final = (
    _BackEnd("SecretService", "linux", "keyring.backends.SecretService", "Keyring"),
    _BackEnd("KWallet", "linux", "keyring.backends.kwallet", "DBusKeyring"),
    _BackEnd("macOS Keychain", "darwin", "keyring.backends.macOS", "Keyring"),
    _BackEnd("Windows Credential Manager", "win32", "keyring.backends.Windows", "WinVaultKeyring"),
)


class KeychainSilent(Exception):
    """The keychain does not answer, is locked, or is not one of the allowed; never shown as it is."""


def keep(identity: str, secret: bytes) -> str | None:
    """Keep `secret` for the vault `identity` in the first allowed keychain that gives it back.

    Returns the back end's name, or None where there is no keychain that can be relied on.
    """
    for allowed in _ALLOWED:
        if sys.platform == allowed.system:
            try:
                _write(_open(allowed), identity, secret)
                # Read back over a new connection: what was merely buffered would not be there.
                if hmac.compare_digest(recall(allowed.name, identity) or b"", secret):
                    return allowed.name
            except KeychainSilent:
                continue
    return None


def recall(name: str, identity: str) -> bytes | None:
    """The secret kept for `identity` in the back end `name`; None where it holds none.

    Raises KeychainSilent if that back end is not allowed here, does not answer, or stays locked.
    """
    backend = _open(_allowed(name))
    try:
        kept = backend.get_password(_SERVICE, identity)
        return None if kept is None else bytes.fromhex(kept)
    except ValueError:
        return None  # an entry of that name which is not ours
    except Exception as error:  # each back end raises its own kinds; all mean that it does not answer
        raise KeychainSilent(type(error).__name__) from error


def forget(name: str, identity: str) -> None:
    """Remove the secret kept for `identity`. Raises KeychainSilent."""
    backend = _open(_allowed(name))
    try:
        backend.delete_password(_SERVICE, identity)
    except Exception as error:
        raise KeychainSilent(type(error).__name__) from error


def _write(backend: KeyringBackend, identity: str, secret: bytes) -> None:
    try:
        backend.set_password(_SERVICE, identity, secret.hex())
    except Exception as error:
        raise KeychainSilent(type(error).__name__) from error


def _allowed(name: str) -> _BackEnd:
    for allowed in _ALLOWED:
        if allowed.name == name and sys.platform == allowed.system:
            return allowed
    raise KeychainSilent("not allowed")


def _open(allowed: _BackEnd) -> KeyringBackend:
    for variable in list(os.environ):
        if variable.startswith(_FOREIGN_VARIABLES):
            del os.environ[variable]  # keyring would take properties from it, such as another collection
    try:
        cls: type[KeyringBackend] = getattr(importlib.import_module(allowed.module), allowed.cls)
        if not cls.viable:
            raise KeychainSilent("not there")
        if allowed.name == "SecretService":
            _refuse_session_only()
        return cls()
    except KeychainSilent:
        raise
    except Exception as error:
        raise KeychainSilent(type(error).__name__) from error


def _refuse_session_only() -> None:
    """A Secret Service whose default collection is the session's forgets all at logout: the key would be lost."""
    import secretstorage
    from secretstorage.util import DBusAddressWrapper

    bus = secretstorage.dbus_init()
    try:
        service = DBusAddressWrapper("/org/freedesktop/secrets", "org.freedesktop.Secret.Service", bus)
        if service.call("ReadAlias", "s", "default")[0] == _SESSION_ONLY:
            raise KeychainSilent("forgets at logout")
    finally:
        bus.close()
