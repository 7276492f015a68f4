"""The CEL library's environments: which operators, functions and names an expression has.

Each is made once and serves every expression: for a check one that is quick to make and one with
everything, for a run one whose functions do their work.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from slyflow.syntax.expression.arithmetic import OPERATORS, Operator
from slyflow.syntax.expression.celtype import describe
from slyflow.syntax.expression.function import FUNCTIONS, Function

if TYPE_CHECKING:
    from cel_expr_python.cel import (  # type: ignore[import-untyped]  # it ships stubs but no py.typed
        Env,
        FunctionDecl,
    )

PREFIX = "_v"
PATTERN, TEXT = "_pattern", "_text"
# An expression of 1,000 characters cannot name more things than this.
MOST_NAMES = 256


@lru_cache(maxsize=16)
def plain_checker(pool: tuple[str, ...]) -> "Env":
    """Return an environment with CEL's own functions and our operators, made in a quarter of the time.

    `pool` has the signatures of the names `_v0`, `_v1`, …
    """
    from cel_expr_python import cel  # type: ignore[import-untyped]  # as above

    # Reading a declaration as YAML takes long; but only so the library takes ~A for any type.
    generic = [operator for operator in OPERATORS if operator.is_generic]
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml("\n".join(_operators(generic))),
        variables={
            **{f"{PREFIX}{index}": cel.Type(one) for index, one in enumerate(pool)},
            PATTERN: cel.Type.STRING,
            TEXT: cel.Type.STRING,
        },
        functions=[_declared(operator) for operator in OPERATORS if not operator.is_generic],
    )


def _declared(operator: Operator) -> "FunctionDecl":
    from cel_expr_python import cel

    overloads = [
        cel.Overload(
            f"{operator.word}_{number}",
            return_type=cel.Type(result),
            parameters=[cel.Type(a), cel.Type(b)],
            is_member=False,
        )
        for number, (a, b, result) in enumerate((*operator.forms, *operator.mixed))
    ]
    return cel.FunctionDecl(operator.name, overloads)


@lru_cache(maxsize=16)
def full_checker(pool: tuple[str, ...]) -> "Env":
    """Return an environment that checks everything: our functions and the library's extensions too."""
    from cel_expr_python import cel

    lines = [*_operators(OPERATORS), *_declarations()]
    lines += ["variables:"] if pool else []
    lines += [f'- {{name: {PREFIX}{i}, type: "{one}"}}' for i, one in enumerate(pool)]
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml("\n".join(lines)), extensions=_extensions())


@lru_cache(maxsize=1)
def runner() -> "Env":
    """Return the environment that evaluates; its names are of any type."""
    from cel_expr_python import cel

    native = [operator for operator in OPERATORS if operator.mix is None]
    mixing = [operator for operator in OPERATORS if operator.mix is not None]
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml("\n".join(_operators(native))),
        variables={f"{PREFIX}{index}": cel.Type.DYN for index in range(MOST_NAMES)},
        extensions=_extensions(),
        functions=[
            *(_implementation(function) for function in FUNCTIONS),
            *(_mixing(operator) for operator in mixing),
        ],
    )


def _extensions() -> list[Any]:
    from cel_expr_python.ext import ext_bindings, ext_math, ext_optional, ext_strings  # type: ignore[import-untyped]  # as above

    return [
        ext_strings.ExtStrings(),
        ext_optional.ExtOptional(),
        ext_math.ExtMath(),
        ext_bindings.ExtBindings(),
    ]


def _operators(declared: Iterable[Operator]) -> list[str]:
    """Declare the given operators in place of the library's own."""
    lines = [*_without_operators(), "functions:"]
    for operator in declared:
        lines += [f'- name: "{operator.name}"', "  overloads:"]
        # In a signature the library reads a bare < or > as a bracket.
        escaped = operator.name.replace("<", "\\\\<").replace(">", "\\\\>")
        for number, (a, b, result) in enumerate((*operator.forms, *operator.mixed)):
            lines.append(_overload(f"{operator.word}_{number}", f"{escaped}({a}, {b})", result))
    return lines


def _without_operators() -> list[str]:
    """Take all operators of the table out of the library's own declarations."""
    return ["stdlib:", "  exclude_functions:", *(f'  - name: "{operator.name}"' for operator in OPERATORS)]


def _mixing(operator: Operator) -> "FunctionDecl":
    """Declare an operator with the library's own forms and with ours, which takes int and double."""
    from cel_expr_python import cel

    overloads = [
        cel.Overload(
            f"{operator.word}_{number}",
            return_type=cel.Type(_any_list(result)),
            parameters=[cel.Type(_any_list(a)), cel.Type(_any_list(b))],
            is_member=False,
            **({"impl": operator.mix} if number >= len(operator.forms) else {}),
        )
        for number, (a, b, result) in enumerate((*operator.forms, *operator.mixed))
    ]
    return cel.FunctionDecl(operator.name, overloads)


def _any_list(name: str) -> str:
    return name.replace("~A", "dyn")


def _declarations() -> list[str]:
    lines = []
    for function in FUNCTIONS:
        lines += [f'- name: "{function.name}"', "  overloads:"]
        for number, (form, result) in enumerate(function.forms):
            lines.append(_overload(f"{function.name}_{number}", f"{function.name}({form})", result))
    return lines


def _overload(identifier: str, signature: str, result: str) -> str:
    return f'  - {{id: {identifier}, signature: "{signature}", return: "{result}"}}'


def _implementation(function: Function) -> "FunctionDecl":
    """Declare a function for any arguments: the library never matches a parameter typed DYN."""
    from cel_expr_python import cel

    overloads = [
        cel.Overload(
            f"{function.name}_{arity}",
            return_type=cel.Type.DYN,
            parameters=[cel.Type("any")] * arity,
            is_member=False,
            impl=_guarded(function),
        )
        for arity in function.arities
    ]
    return cel.FunctionDecl(function.name, overloads)


def _guarded(function: Function) -> Any:
    def call(*arguments: Any) -> Any:
        try:
            return function.call(*arguments)
        except (TypeError, AttributeError) as error:
            given = ", ".join(describe(type(one).__name__) for one in arguments)
            raise ValueError(f"{function.name}() does not take {given}") from error
        except ValueError as error:
            raise ValueError(f"{function.name}(): {error}") from error

    return call
