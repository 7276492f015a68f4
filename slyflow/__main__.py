"""`python -m slyflow` is the `slyflow` command."""

from slyflow.cli.main import entry_point

if __name__ == "__main__":
    entry_point()
