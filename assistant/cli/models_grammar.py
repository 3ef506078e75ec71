"""The grammar of `privet models`, apart from what it does, so that `--help` is quick."""

from __future__ import annotations

import argparse


def grammar(models: argparse.ArgumentParser) -> None:
    """Add the actions of `privet models` to its parser."""
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    json = argparse.ArgumentParser(add_help=False)
    json.add_argument("--json", action="store_true", help="print JSON, one object or array a line")

    listing = actions.add_parser("list", parents=[json], help="list the models that are there")
    listing.add_argument("--elsewhere", action="store_true", help="those of other programs on this computer")
    listing.add_argument("--choices", action="store_true", help="those that one could get, and which would fit")
    listing.add_argument(
        "--for",
        dest="need",
        metavar="NEED",
        help="with --choices: chat, documents, translation, long_texts or weak_hardware",
    )

    show = actions.add_parser("show", parents=[json], help="say all that is known about a model")
    show.add_argument("model", metavar="MODEL", help="its number in the list, its name or its path")

    bring = actions.add_parser("import", parents=[json], help="bring in files, folders, or a model of another program")
    bring.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, a folder, or PROGRAM:NAME as list --elsewhere says"
    )
    bring.add_argument("--in-place", action="store_true", help="use them where they lie instead of copying them")

    remove = actions.add_parser(
        "remove", parents=[json], help="remove a model; one used in place is only taken off the list"
    )
    remove.add_argument("model", metavar="MODEL")

    verify = actions.add_parser("verify", parents=[json], help="read models again and compare their checksums")
    verify.add_argument("model", nargs="?", metavar="MODEL", help="all of them if left out")

    search = actions.add_parser(
        "embedder", parents=[json], help="say which embedding model searches documents by meaning, or choose another"
    )
    search.add_argument("model", nargs="?", metavar="MODEL", help="its number in the list, its name or its path")

    order = actions.add_parser(
        "reranker", parents=[json], help="say which model puts what is found in order, or choose one, or none"
    )
    order.add_argument("model", nargs="?", metavar="MODEL", help="as for embedder; none to have the search's own order")

    running = actions.add_parser(
        "run", parents=[json], help="say how a model is to run, what each choice would mean, and choose otherwise"
    )
    running.add_argument("model", nargs="?", metavar="MODEL", help="the one that answers if left out")
    running.add_argument("--context", type=int, metavar="N", help="tokens that it looks back on; 0 lets Privet choose")
    running.add_argument("--threads", type=int, metavar="N", help="processor cores; 0 lets Privet choose")
    running.add_argument("--kv", choices=("auto", "f16", "q8_0"), help="precision of a conversation's memory")
    running.add_argument("--layers", type=int, metavar="N", help="on the graphics processor; -1 lets Privet choose")

    actions.add_parser("retry", parents=[json], help="set no model aside any more because it ended unexpectedly")

    fit = actions.add_parser("fit", parents=[json], help="say whether models will run well on this computer, and why")
    fit.add_argument("model", nargs="*", metavar="MODEL", help="in the list, or the path of a file; all if left out")
    fit.add_argument("--context", type=int, default=0, metavar="N", help="with a memory of conversation of N tokens")
    fit.add_argument("--threads", type=int, default=0, metavar="N", help="with N processor cores")
    fit.add_argument("--measure", action="store_true", help="load each and measure, and predict better from then on")

    tune = actions.add_parser(
        "tune", parents=[json], help="try other layouts of a model's weights, and use the fastest that loses nothing"
    )
    tune.add_argument("model", nargs="?", metavar="MODEL", help="the one that answers if left out")
    tune.add_argument("--context", type=int, default=0, metavar="N", help="with a memory of conversation of N tokens")
    tune.add_argument("--threads", type=int, default=0, metavar="N", help="with N processor cores")
    tune.add_argument("--use", default="", metavar="LAYOUT", help="use this layout, of those that are there")

    bench = actions.add_parser(
        "bench", parents=[json], help="measure how models run best here, and hold the predictions against it"
    )
    bench.add_argument("model", nargs="*", metavar="MODEL", help="the one that answers if left out")
    bench.add_argument("--context", type=int, default=0, metavar="N", help="with a memory of conversation of N tokens")
    bench.add_argument("--threads", type=int, default=0, metavar="N", help="with N processor cores, no others tried")
