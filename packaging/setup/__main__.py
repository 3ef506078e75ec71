"""Run the set-up: `python3 packaging/setup run | test | lock`."""

from privet_setup.main import main

if __name__ == "__main__":
    raise SystemExit(main())
