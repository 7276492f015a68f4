"""A pipeline file that was checked and, where nothing is wrong with it, held against opinions too."""

from slyflow.code import Code
from slyflow.problem import has_errors, in_order
from slyflow.running.locked import Held

_UNUSED = ("unused-param", "unused-secret", "unused-output")


def linted(found: Held, *, pedantic: bool = False) -> Held:
    """Return what was found with what there is against the pipeline, less what its comments ignore.

    A file with an error is left as it is: what is wrong with it comes first.
    """
    loaded, dag = found.loaded, found.dag
    if loaded.pipeline is None or dag is None or has_errors(found.problems):
        return found
    from slyflow.lint.linting import lint

    opinions = lint(loaded.pipeline, dag, found.lock, pedantic=pedantic)
    if any(problem.slug == "not-an-expression" for problem in found.problems):
        # What such a text was meant to read is not unused.
        opinions = [one for one in opinions if one.slug not in _UNUSED]
    kept, silenced = loaded.parted(opinions)

    def is_sought(one: Code) -> bool:
        return one.is_opinion and (pedantic or not one.is_pedantic)

    idle = loaded.idle(silenced, is_sought)
    return Held(loaded, dag, in_order((*found.problems, *kept, *idle)), found.lock)
