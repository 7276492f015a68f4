"""Frozen dataclasses whose methods are made when the first instance is, so that importing them costs nothing.

`dataclasses` compiles about six methods for each class at import: with the sixty classes that checking a
file needs, that was a third of the whole command. To a type checker a record is a dataclass, and
`dataclasses.replace`, `fields` and `asdict` work on records. They have slots only when that is asked for.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["changed", "field", "record"]
T = TypeVar("T")

_MISSING: Any = object()
# To compile an `__init__` takes as long as this many instances by the general one.
_FEW = 16


class _Spec:
    """What `field` was given for one field."""

    __slots__ = ("compare", "default", "default_factory", "kw_only", "repr")

    def __init__(
        self,
        default: Any = _MISSING,
        default_factory: Any = _MISSING,
        *,
        repr: bool = True,  # noqa: A002  # the name that dataclasses.field has
        compare: bool = True,
        kw_only: bool = False,
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.repr = repr
        self.compare = compare
        self.kw_only = kw_only


if TYPE_CHECKING:
    from dataclasses import dataclass as record
    from dataclasses import field
else:
    field = _Spec

    def record(*, frozen: bool, order: bool = False, slots: bool = False) -> Callable[[type[T]], type[T]]:
        """Make a class a frozen dataclass, late. `order` adds `<`, by the fields in their order.

        With `slots` an instance is made in half of the time and takes less memory: for classes of which
        a large file has very many.
        """
        assert frozen, "a record is frozen"

        def decorate(cls: type[T]) -> type[T]:
            specs = {name: _spec(cls, name) for name in cls.__annotations__}
            cls = _slotted(cls, specs) if slots else cls
            cls.__record_specs__ = specs
            cls.__match_args__ = tuple(name for name, spec in specs.items() if not spec.kw_only)
            cls.__dataclass_fields__ = _Described()
            cls.__record_key__ = None
            cls.__record_left__ = [_FEW]
            cls.__init__ = _general_init
            cls.__repr__ = _repr
            cls.__eq__ = _eq
            cls.__hash__ = _hash
            cls.__setattr__ = _refuse
            cls.__delattr__ = _refuse
            if order:
                cls.__lt__ = _lt
            return cls

        return decorate


def changed(record: T, **changes: Any) -> T:
    """Return a record like this one but for some fields, in a fifth of the time of `dataclasses.replace`.

    The record has no slots. To be used where very many are made, as mypy cannot check the fields.
    """
    fields = record.__dict__
    assert changes.keys() <= fields.keys(), changes.keys() - fields.keys()
    copy = object.__new__(type(record))
    copy.__dict__.update(fields, **changes)
    return copy


def _spec(cls: type, name: str) -> Any:
    """Return the field's description, and leave a plain default, or nothing, on the class."""
    given = cls.__dict__.get(name, _MISSING)
    if not isinstance(given, _Spec):
        return _Spec(given)
    if given.default is _MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, given.default)
    return given


def _slotted(cls: Any, names: Iterable[str]) -> Any:
    """Return the class once more with slots, which cannot be added to one that exists."""
    left_out = {*names, "__dict__", "__weakref__"}
    body = {name: value for name, value in cls.__dict__.items() if name not in left_out}
    return type(cls)(cls.__name__, cls.__bases__, {**body, "__slots__": tuple(names)})


def _general_init(self: Any, *args: Any, **kwargs: Any) -> None:
    """Make one of the first few instances; for the others the class gets its own `__init__`."""
    cls = type(self)
    left = cls.__record_left__
    left[0] -= 1
    if left[0] < 0 or not _fill(self, cls, args, kwargs):
        cls.__init__ = _compile_init(cls)
        self.__init__(*args, **kwargs)


def _fill(self: Any, cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Set the fields; False when the arguments do not fit, which the compiled `__init__` can explain."""
    given = dict(zip(cls.__match_args__, args, strict=False))
    if len(args) > len(given) or not given.keys().isdisjoint(kwargs):
        return False
    given |= kwargs
    for name, spec in cls.__record_specs__.items():
        value = given.pop(name, spec.default)
        if value is _MISSING:
            if spec.default_factory is _MISSING:
                return False
            value = spec.default_factory()
        object.__setattr__(self, name, value)
    return not given


def _compile_init(cls: Any) -> Callable[..., None]:
    specs = cls.__record_specs__
    names: dict[str, Any] = {"_set": object.__setattr__, "_missing": _MISSING}
    ordered = [(n, s) for n, s in specs.items() if not s.kw_only]
    named = [(n, s) for n, s in specs.items() if s.kw_only]
    parameters = [_parameter(name, spec, names) for name, spec in ordered]
    if named:
        parameters += ["*", *(_parameter(name, spec, names) for name, spec in named)]
    lines = [f"def __init__({', '.join(['self', *parameters])}):"]
    for name, spec in specs.items():
        made = f"_factory_{name}() if {name} is _missing else {name}"
        value = made if spec.default_factory is not _MISSING else name
        names[f"_set_{name}"] = setter = getattr(cls.__dict__.get(name), "__set__", None)
        lines.append(f" _set_{name}(self, {value})" if setter else f" _set(self, {name!r}, {value})")
    # The source is made of our own field names alone, as in dataclasses.
    exec("\n".join(lines), names)  # noqa: S102
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _parameter(name: str, spec: Any, names: dict[str, Any]) -> str:
    if spec.default_factory is not _MISSING:
        names[f"_factory_{name}"] = spec.default_factory
        return f"{name}=_missing"
    if spec.default is not _MISSING:
        names[f"_default_{name}"] = spec.default
        return f"{name}=_default_{name}"
    return name


class _Described:
    """Says what `dataclasses` wants to know of a record, when it asks."""

    def __get__(self, instance: object, owner: Any) -> dict[str, Any]:
        import dataclasses

        body: dict[str, Any] = {"__annotations__": owner.__annotations__, "__module__": owner.__module__}
        for name, spec in owner.__record_specs__.items():
            given = {"repr": spec.repr, "compare": spec.compare, "kw_only": spec.kw_only}
            given |= {} if spec.default is _MISSING else {"default": spec.default}
            given |= {} if spec.default_factory is _MISSING else {"default_factory": spec.default_factory}
            body[name] = dataclasses.field(**given)
        twin: Any = dataclasses.dataclass(frozen=True)(type(owner.__name__, (), body))
        owner.__dataclass_fields__ = twin.__dataclass_fields__
        return owner.__dataclass_fields__  # type: ignore[no-any-return]  # set in the line above


def _compared(self: Any) -> tuple[Any, ...]:
    cls = type(self)
    if cls.__record_key__ is None:
        cls.__record_key__ = _key([name for name, spec in cls.__record_specs__.items() if spec.compare])
    return cls.__record_key__(self)  # type: ignore[no-any-return]  # _key makes it return a tuple


def _key(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _eq(self: Any, other: object) -> Any:
    if type(self) is not type(other):
        return NotImplemented
    return self is other or bool(_compared(self) == _compared(other))


def _lt(self: Any, other: object) -> Any:
    if type(self) is not type(other):
        return NotImplemented
    return bool(_compared(self) < _compared(other))


def _hash(self: Any) -> int:
    return hash(_compared(self))


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, spec in self.__record_specs__.items() if spec.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(_: Any, name: str, *value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")
