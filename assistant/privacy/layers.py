"""The layers of the seal, one by one, as they stand right now: asked of the kernel where it answers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum

from assistant.privacy import landlock, namespace
from assistant.privacy.hook import attempts, installed
from assistant.privacy.seal import landlock_holds, seal_state


class LayerState(Enum):
    """How a layer stands. OFF: it could be there and is not. ABSENT: this system does not have it."""

    HOLDS = "holds"
    OFF = "off"
    ABSENT = "absent"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. mandatory: Privet does not start without it. seen: one sentence for a person."""

    name: str
    state: LayerState
    mandatory: bool
    seen: str


def layers() -> tuple[Layer, ...]:
    """All of them, the one that the promise rests on first. To be asked in the process that is meant."""
    return (_seccomp(), _privileges(), _landlock(), _hook(), _empty_network(), _system())


def _seccomp() -> Layer:
    state = seal_state()
    if state.filtered and state.refused:
        seen = "The kernel refuses every network socket; one was tried just now and refused."
        return Layer("Kernel filter (seccomp)", LayerState.HOLDS, True, seen)
    return Layer("Kernel filter (seccomp)", LayerState.BROKEN, True, "It is not set in this process.")


def _privileges() -> Layer:
    if seal_state().no_new_privileges:
        seen = "No program that Privet starts can gain rights that Privet has not."
        return Layer("No new privileges", LayerState.HOLDS, True, seen)
    return Layer("No new privileges", LayerState.BROKEN, True, "It is not set in this process.")


def _landlock() -> Layer:
    version = landlock.version()
    if landlock_holds():
        seen = f"Version {version}: TCP is refused here; each child may open only the files that it is for."
        return Layer("Landlock", LayerState.HOLDS, False, seen)
    if version:
        seen = f"Version {version} knows no network: children may open only the files that they are for."
        return Layer("Landlock", LayerState.OFF, False, seen)
    return Layer("Landlock", LayerState.ABSENT, False, "This kernel has none; children are held by the filter alone.")


def _hook() -> Layer:
    if not installed():
        return Layer("Guard in Python", LayerState.OFF, False, "It is not set in this process.")
    tried = len(attempts())
    seen = (
        f"It names the line that tries; {tried} tried since the start."
        if tried
        else "Nothing has tried since the start."
    )
    return Layer("Guard in Python", LayerState.HOLDS, False, seen)


def _empty_network() -> Layer:
    if namespace.in_empty_network():
        return Layer("Empty network", LayerState.HOLDS, False, "This process sees no network device at all.")
    seen = f"Not asked for; start Privet with {namespace.ARGUMENT} to have it."
    return Layer("Empty network", LayerState.OFF, False, seen)


def _system() -> Layer:
    """What the system puts round the whole program, on systems that have such a thing."""
    match sys.platform:
        case "darwin":
            return Layer("App Sandbox", LayerState.ABSENT, False, "Written, and never run: see SECURITY.md.")
        case "win32":
            return Layer("Outbound rule", LayerState.ABSENT, False, "Written, and never run: see SECURITY.md.")
        case _:
            seen = "Sandboxes of macOS and rules of Windows Firewall are for those systems."
            return Layer("Sandbox of the system", LayerState.ABSENT, False, seen)
