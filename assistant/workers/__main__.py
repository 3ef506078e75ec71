"""Start one child: seal it, limit it, then load the worker module named on the command line."""

from __future__ import annotations

import importlib
import json
import sys

from assistant.privacy import seal_process


def main() -> None:
    """Arguments: the worker's module, its limits as JSON, the parent's process id."""
    seal_process()
    from assistant.workers import serve
    from assistant.workers.limits import Limits, die_with_parent

    module, limits, parent = sys.argv[1:4]
    die_with_parent(int(parent))
    Limits(**json.loads(limits)).apply()
    source, sink = serve.take_standard_streams()
    worker = importlib.import_module(module)
    serve.serve(worker.handlers(), source, sink)


if __name__ == "__main__":
    main()
