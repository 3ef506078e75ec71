"""What the keychain tests do inside a desktop session of their own, sealed as the product is. Prints JSON."""

from __future__ import annotations

from assistant.privacy import seal_process

seal_process()  # first of all, as in every process of Privet

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from contextlib import closing  # noqa: E402
from pathlib import Path  # noqa: E402

from assistant.errors import PrivetError  # noqa: E402
from assistant.vault import PassphraseRequest, Unlock, Vault, keychain, keys  # noqa: E402


def main(step: str, folder: Path) -> None:
    """Do one step with the vault in `folder` and print what came of it."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    os.environ["KEYRING_PROPERTY_PREFERRED_COLLECTION"] = "/org/freedesktop/secrets/collection/session"
    if step == "forget at logout":
        _keep_for_the_session_only()
    if step in ("take away", "replace"):
        way = keys.decode((folder / "keys.json").read_bytes()).ways[0]
        entry = str(way.details["entry"])
        keychain.forget("SecretService", entry)
        if step == "replace":
            keychain.keep(entry, bytes(32))
    asked: list[PassphraseRequest] = []

    def answer(request: PassphraseRequest) -> str:
        asked.append(request)
        return (folder / "words.txt").read_text(encoding="utf-8") if request.alone else "a passphrase"

    told: dict[str, object] = {}
    if step == "rekey":
        with Vault.open(folder, Unlock(answer)) as vault:
            vault.rekey(Unlock(answer))
    try:
        with Vault.open(folder, Unlock(answer)) as vault:
            told["way"] = vault.way
            if step == "make a recovery key":
                (folder / "words.txt").write_text(vault.ways.new_recovery_key(), encoding="utf-8")
            if step == "use the keychain again":
                vault.ways.use_keychain()
            with vault.write() as connection:
                connection.execute("INSERT INTO meta (key, value) SELECT count(*), '' FROM meta")
                told["notes"] = (connection.execute("SELECT count(*) FROM meta").fetchone() or (0,))[0]
    except PrivetError as error:
        told["error"] = type(error).__name__
    told["asked"] = len(asked)
    print(json.dumps(told))


def _await_the_keychain() -> None:
    """Return when the login keychain can be used: its daemon says that it has begun before it is on the bus with it."""
    import secretstorage
    from secretstorage.util import DBusAddressWrapper

    end = time.monotonic() + 60
    with closing(secretstorage.dbus_init()) as bus:
        service = DBusAddressWrapper("/org/freedesktop/secrets", "org.freedesktop.Secret.Service", bus)
        while not secretstorage.check_service_availability(bus) or service.call("ReadAlias", "s", "default")[0] == "/":
            assert time.monotonic() < end, "the keychain of the test's own session does not come"
            time.sleep(0.05)


def _keep_for_the_session_only() -> None:
    """Make the collection that lives in memory the default one, as a desktop without a login keychain does."""
    import secretstorage
    from secretstorage.util import DBusAddressWrapper

    service = DBusAddressWrapper(
        "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", secretstorage.dbus_init()
    )
    service.call("SetAlias", "so", "default", "/org/freedesktop/secrets/collection/session")


if __name__ == "__main__":
    if sys.argv[3:]:
        _await_the_keychain()
    main(sys.argv[1], Path(sys.argv[2]))
