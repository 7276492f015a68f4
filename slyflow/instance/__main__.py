"""`python -m slyflow.instance`: the process that `process.ensure` starts."""

import argparse
import gc
import os
import sys
from pathlib import Path

from slyflow.errors import SlyflowError
from slyflow.instance.home import READY, Address


def main(arguments: list[str]) -> int:
    """Run an instance; say READY on stdout once it answers, an error on stderr."""
    parser = argparse.ArgumentParser("python -m slyflow.instance", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slots", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--until-unused", action="store_true", help="end when no process uses the home any more"
    )
    options = parser.parse_args(arguments)
    gc.disable()  # what is imported now stays
    from slyflow.instance.server import serve

    gc.freeze()
    gc.enable()
    try:
        serve(
            options.home,
            port=options.port,
            slots=options.slots,
            ready=_say_ready,
            inherited=dict(os.environ),
            until_unused=options.until_unused,
        )
    except SlyflowError as error:
        hint = f" ({error.hint})" if error.hint else ""
        sys.stderr.write(f"{error.message}{hint}\n")
        return error.exit_code
    gc.freeze()  # the interpreter's last collections would walk through all that was imported
    return 0


def _say_ready(_address: Address) -> None:
    # The address stands in the home's file; nothing secret goes through the pipe.
    sys.stdout.write(READY)
    sys.stdout.flush()
    # Whoever started us may go; nothing of ours is written to their terminal.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
