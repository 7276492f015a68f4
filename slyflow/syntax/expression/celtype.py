"""Types of values in expressions, in CEL's notation, and in the words a person reads."""

from collections.abc import Mapping

from slyflow.model.pipeline import ParamType
from slyflow.record import record

SCALARS = {"bool": "a boolean", "int": "an integer", "double": "a number", "string": "a string"}
_OTHER_NAMES = {
    # the library's run-time names
    "int64": "int",
    "null_type": "null",
    # names of Python classes
    "float": "double",
    "str": "string",
    "dict": "map",
    "nonetype": "null",
    "datetime": "timestamp",
    "timedelta": "duration",
    "bytearray": "bytes",
}
_BY_PARAM: dict[ParamType, str] = {
    "string": "string",
    "integer": "int",
    "number": "double",
    "boolean": "bool",
    "array": "list<dyn>",
    "object": "map<string, dyn>",
}


@record(frozen=True, order=True, slots=True)
class Type:
    """A CEL type by its signature (`int`, `list<double>`, `dyn`); a nullable one may be null as well."""

    name: str
    nullable: bool = False

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it before a run."""
        return self.name != "dyn"

    @property
    def signature(self) -> str:
        """How CEL is told of it: only scalars have a form that may be null."""
        if not self.nullable or not self.is_known:
            return self.name
        return f"{self.name}_wrapper" if self.name in SCALARS else "dyn"

    def __str__(self) -> str:
        return describe(self.name)


DYN = Type("dyn")
BOOL = Type("bool")
INT = Type("int")
DOUBLE = Type("double")
STRING = Type("string")
NULL = Type("null")
ANY_MAP = Type("map<string, dyn>")
ANY_LIST = Type("list<dyn>")
MAPS = Type("list<map<string, dyn>>")
PLAIN = frozenset(
    (DYN, BOOL, INT, DOUBLE, STRING, NULL, ANY_MAP, ANY_LIST, MAPS, Type("list<int>"), Type("list<string>"))
)
"""Types that JSON has, as expressions usually give them."""


_BY_CLASS: Mapping[type, Type] = {bool: BOOL, int: INT, float: DOUBLE, str: STRING, type(None): NULL}


def of_param(name: ParamType, items: ParamType | None = None) -> Type:
    """Return the type of a value declared as `name`, with `items` for the elements of an array."""
    if name == "array" and items is not None:
        return Type(f"list<{_BY_PARAM[items]}>")
    return Type(_BY_PARAM[name])


def of_value(value: object) -> Type:
    """Return the type of a constant."""
    found = _BY_CLASS.get(type(value))
    if found is not None:
        return found
    return ANY_MAP if isinstance(value, Mapping) else ANY_LIST


def parse(name: str) -> Type:
    """Return the type that the library names so (`LIST<INT>`, `wrapper(int)`)."""
    lowered = name.lower()
    if lowered.startswith("wrapper("):
        return Type(lowered[len("wrapper(") : -1], nullable=True)
    return Type(lowered)


def element(of: Type) -> Type | None:
    """Return the type of a map's values; dyn for dyn; None for what has no fields."""
    if not of.is_known:
        return DYN
    if of.name.startswith("map<"):
        return Type(of.name.removeprefix("map<").split(",", 1)[1].strip()[:-1])
    return None


def describe(name: str) -> str:
    """Return a library's type name in the words of the pipeline language."""
    plain = name.lower()
    if plain.startswith("wrapper("):
        plain = plain[len("wrapper(") : -1]
    plain = _OTHER_NAMES.get(plain, plain)
    if plain in SCALARS:
        return SCALARS[plain]
    for prefix, word in (("list", "a list"), ("map", "a map"), ("optional_type", "an optional value")):
        if plain.startswith(prefix):
            return word
    return {"null": "null", "bytes": "bytes", "dyn": "any value"}.get(plain, f"a {plain}")
