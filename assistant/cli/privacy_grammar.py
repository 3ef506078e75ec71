"""The arguments of `privet privacy`."""

from __future__ import annotations

import argparse
from pathlib import Path


def grammar(privacy: argparse.ArgumentParser) -> None:
    """The arguments of `privet privacy`."""
    privacy.add_argument("--json", action="store_true", help="print one JSON object")
    deeds = privacy.add_subparsers(dest="deed", metavar="DEED")
    proving = deeds.add_parser("prove", help="try to get out in every way we know, and say what refused each")
    proving.add_argument("--report", type=Path, metavar="FILE", help="write the report for an auditor to FILE")
    proving.add_argument("--json", action="store_true", help="print one JSON object")
    verifying = deeds.add_parser("verify", help="check the checksum of a report")
    verifying.add_argument("file", type=Path, metavar="FILE")
