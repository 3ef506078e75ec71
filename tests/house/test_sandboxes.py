"""What macOS and Windows are told about Privet reaches no network, and is what the one description says."""

from __future__ import annotations

import importlib.util
import plistlib
import re
from types import ModuleType
from xml.etree import ElementTree

import pytest

from tests.house.sources import ROOT

PACKAGING = ROOT / "packaging"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sandbox", PACKAGING / "sandbox" / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reaching(entitlements: bytes) -> set[str]:
    """The rights in a property list that reach a network or let foreign code in."""
    named = set(plistlib.loads(entitlements))
    return {name for name in named if re.search(r"network|device|temporary-exception|cs\.|scripting", name)}


def capabilities(manifest: str) -> list[str]:
    """The names of all capabilities in a package manifest, of every kind."""
    tree = ElementTree.fromstring(manifest)
    return [one.attrib["Name"] for one in tree.iter() if one.tag.endswith("Capability")]


def test_the_written_files_are_what_the_description_says(make: ModuleType) -> None:
    for path, content in make.produced().items():
        assert (PACKAGING / path).read_bytes() == content, f"run python packaging/sandbox/make.py ({path})"


@pytest.mark.parametrize("name", ["Privet", "child"])
def test_no_entitlement_reaches_a_network(name: str) -> None:
    written = (PACKAGING / "macos" / f"{name}.entitlements").read_bytes()
    assert plistlib.loads(written)["com.apple.security.app-sandbox"] is True
    assert reaching(written) == set()


def test_a_child_has_no_right_but_to_inherit() -> None:
    written = plistlib.loads((PACKAGING / "macos" / "child.entitlements").read_bytes())
    assert set(written) == {"com.apple.security.app-sandbox", "com.apple.security.inherit"}


def test_the_container_has_no_capability_for_a_network(make: ModuleType) -> None:
    written = (PACKAGING / "windows" / "AppxManifest.xml").read_text(encoding="utf-8")
    assert capabilities(written) == []
    assert 'TrustLevel="appContainer"' in written
    assert "runFullTrust" not in written
    assert capabilities(make.manifest("a", "CN=a", ["internetClient"])) == ["internetClient"]


def test_each_program_is_blocked_both_ways_and_can_be_freed_again(make: ModuleType) -> None:
    script = (PACKAGING / "windows" / "no-network.ps1").read_text(encoding="utf-8")
    assert "-Action Block" in script and "Allow" not in script
    assert "'Outbound', 'Inbound'" in script and "Remove-NetFirewallRule" in script
    for program in ("Privet.exe", "python\\python.exe"):
        assert f"'{program}'" in script


def test_a_network_right_would_be_noticed(make: ModuleType) -> None:
    assert reaching(make.entitlements(["com.apple.security.network.client"])) == {"com.apple.security.network.client"}
