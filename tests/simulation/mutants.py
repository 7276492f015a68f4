"""All the bugs that the invariants must notice; one that they do not is a hole in them."""

from tests.simulation.launch_mutants import LAUNCH_MUTANTS
from tests.simulation.run_mutants import RUN_MUTANTS

MUTANTS = (*LAUNCH_MUTANTS, *RUN_MUTANTS)
