"""Fuzzes for as long as wanted: `python -m tests.fuzz --seconds 3600 --first 1`."""

import argparse
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

from tests.fuzz.grammar import Maker
from tests.fuzz.mutation import corpus, mutated
from tests.fuzz.oracle import examine


def made(seed: int, files: list[bytes]) -> bytes:
    """Return the file of a seed: two of three are mutations, the others whole pipelines."""
    random = Random(seed)
    return mutated(random, files) if seed % 3 else Maker(random).pipeline().encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--keep", type=Path, help="folder for files that break a promise")
    args = parser.parse_args()
    files, seed, failed = corpus(), args.first, 0
    shown = time.monotonic()
    end = shown + args.seconds
    told: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            content = made(seed, files)
            try:
                told |= {problem.code for problem in examine(content, Path(folder) / "pipeline.yaml")}
            except Exception:  # noqa: BLE001  # whatever it is, it is a find
                failed += 1
                print(f"seed {seed}:\n{traceback.format_exc()}", flush=True)
                if args.keep:
                    (args.keep / f"seed_{seed}.yaml").write_bytes(content)
            seed += 1
            if time.monotonic() > shown + 60:
                shown = time.monotonic()
                print(f"{seed - args.first} files, {failed} broke a promise; next seed {seed}", flush=True)
    print(f"{seed - args.first} files, {failed} broke a promise, codes seen: {' '.join(sorted(told))}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
