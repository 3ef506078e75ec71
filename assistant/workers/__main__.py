"""Start one child: seal it, limit it, shut it in, then load the worker module named on the command line."""

from __future__ import annotations

import importlib
import json
import os
import sys

from assistant.privacy import confine, make_no_files, seal_process


def main() -> None:
    """Arguments: the worker's module, its limits as JSON, the parent's process id, and "forks" for a template.

    What it may reach comes in the environment, which other people on this computer can't read.
    """
    seal_process()
    from assistant.workers import forking, serve
    from assistant.workers.limits import Limits, die_with_parent
    from assistant.workers.reach import VARIABLE, unpacked

    module, limits, parent = sys.argv[1:4]
    die_with_parent(int(parent))
    Limits(**json.loads(limits)).apply()
    source, sink = serve.take_standard_streams()
    confinement = unpacked(os.environ.pop(VARIABLE, ""))
    forks = sys.argv[4:] == ["forks"]
    confine(confinement, forks)
    worker = importlib.import_module(module)
    if not confinement.writes:
        make_no_files()
    if forks:
        source, sink = forking.serve(worker.prepare, forking.Streams(source, sink))
    serve.serve(worker.handlers(), source, sink)


if __name__ == "__main__":
    main()
