"""XML and HTML parsed by lxml with everything off that reaches out or blows up."""

from __future__ import annotations

from typing import Final, TypedDict

from lxml import etree

from assistant.workers import Refusal

NO_MEMORY: Final = 2
"""XML_ERR_NO_MEMORY of libxml2's xmlerror.h."""


# Faults in how something is named, which lose no text; the office programs themselves don't mind them.
_HARMLESS: Final = frozenset(
    ("DTD_XMLID_VALUE", "DTD_ID_REDEFINED", "NS_ERR_UNDEFINED_NAMESPACE", "NS_ERR_XML_NAMESPACE")
)


class SafeXml(TypedDict):
    """The arguments that make lxml safe."""

    resolve_entities: bool
    no_network: bool
    huge_tree: bool
    load_dtd: bool


# No entity is expanded, no other file or address is looked at, no text node grows over 10 MB, and nothing is
# nested deeper than 256.
SAFE_XML: Final[SafeXml] = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}


def parse(data: bytes) -> etree._Element | None:
    """The root of a small XML part, or None where there is none. Raises Refusal("damaged")."""
    if not data:
        return None
    parser = etree.XMLParser(**SAFE_XML)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if {entry.type_name for entry in parser.error_log} <= _HARMLESS:
            return etree.fromstring(data, etree.XMLParser(**SAFE_XML, recover=True))
        raise Refusal("damaged", "xml") from error


def number(text: str, otherwise: int = 0) -> int:
    """The small whole number that an attribute holds; `otherwise` where it holds none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else otherwise
