"""Which tests run a Go toolchain, found by following what their code can call.

A name that a function of the tests mentions is taken for a call: of the test itself, of its
fixtures and of its parameters. A test that reaches the resolvers of ``toolchains`` this way needs
Go; it may be marked without need where it mentions what it does not call.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest

import toolchains

TESTS = str(Path(__file__).parent)


def needs_go(item: pytest.Item) -> bool:
    """Return whether a test can reach a resolver of Go toolchains or of the C compiler for Go."""
    return isinstance(item, pytest.Function) and any(map(_reaches_go, _roots(item)))


def _roots(item: pytest.Function) -> Iterator[object]:
    yield item.obj
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        yield from (definition.func for definition in definitions)
    if (call := getattr(item, "callspec", None)) is not None:
        yield from call.params.values()


_known: dict[int, tuple[object, bool]] = {}
"""Whether an object reaches Go, by its id; the object is held so that the id stays its own."""


def _reaches_go(root: object) -> bool:
    if id(root) not in _known:
        seen, found = {id(root): root}, False
        waiting = [root]
        while waiting and not found:
            for callee in _callees(waiting.pop()):
                found = found or callee is _RESOLVER or _known.get(id(callee), _NOT)[1]
                if id(callee) not in seen and id(callee) not in _known:
                    seen[id(callee)] = callee
                    waiting.append(callee)
        # What was passed on the way to no resolver reaches none either.
        _known.update((key, (each, False)) for key, each in seen.items() if not found)
        _known[id(root)] = root, found
    return _known[id(root)][1]


def _unwrapped(value: object) -> object:
    """Return the function of the tests under decorators: caches, properties, Hypothesis."""
    while True:
        inner = next(
            (
                getattr(value, name)
                for name in ("__wrapped__", "__func__", "fget", "func")
                if getattr(value, name, None) is not None and not isinstance(value, type)
            ),
            None,
        )
        if (case := getattr(value, "hypothesis", None)) is not None:
            inner = getattr(case, "inner_test", None)
        if inner is None or inner is value:
            return value
        value = inner


_RESOLVER = _unwrapped(toolchains.go_toolchain)
_NOT = (None, False)


def _callees(value: object) -> Iterator[object]:
    """Yield the functions and classes of the tests that a function or class mentions."""
    value = _unwrapped(value)
    if isinstance(value, type) and _file_of(value.__module__).startswith(TESTS):
        yield from map(_unwrapped, (*vars(value).values(), *value.__bases__))
    elif isinstance(value, FunctionType) and value.__code__.co_filename.startswith(TESTS):
        names = set(_names(value.__code__))
        for cell in value.__closure__ or ():
            yield from _mentioned(cell.cell_contents, names)
        for name in names & value.__globals__.keys():
            yield from _mentioned(value.__globals__[name], names)


def _mentioned(value: object, names: set[str]) -> Iterator[object]:
    if isinstance(value, ModuleType):
        if _file_of(value.__name__).startswith(TESTS):
            yield from (_unwrapped(vars(value)[name]) for name in names & vars(value).keys())
    elif isinstance(value, (list, tuple)):
        yield from (_unwrapped(each) for each in value if callable(each))
    elif callable(value):
        yield _unwrapped(value)


def _names(code: CodeType) -> Iterator[str]:
    """Yield the globals and attributes that code mentions, with what is defined inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


@functools.cache
def _file_of(module: str) -> str:
    return getattr(sys.modules.get(module), "__file__", None) or ""
