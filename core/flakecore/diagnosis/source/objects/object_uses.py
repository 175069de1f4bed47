"""All that one package does with an object: operations on it under all its names, and escapes.

A channel, wait group or cond goes by several names: a local variable, the parameter that it is
passed as, the field that it is stored in. Names that one call, assignment, return or composite
literal ties together are joined (aliases), and so are those of elements of one slice, map or
channel. A use that is none of these, such as a conversion or an argument of another package's
function, lets the object escape, as does a value that comes from where nobody has looked; nothing
can be claimed then of who else may use it.
Joining goes by types and names, not by flow, so it joins too much rather than too little: whoever
states "nobody is left that sends" has looked at every place that might.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from flakecore.diagnosis.source.calls.call_graph import CallGraph
from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, nodes_of, text_of
from flakecore.diagnosis.source.objects.alias_sets import Key, container_of, key_of_name
from flakecore.diagnosis.source.objects.aliases import Aliases
from flakecore.diagnosis.source.objects.operations import Operation
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters
from flakecore.diagnosis.source.types import PackageTypes

_FOREIGN = re.compile(r"type \*?\w+\.\w+")
"""Scopes of fields of types that another package declares."""
_RETURNS = frozenset(("return_statement",))
_STATEMENTS = ("block", "statement_list", *FUNCTIONS)
"""Nodes that statements stand in: what is around them passes nothing on of what is within."""


class PackageUses:
    """The objects of one package's files.

    Names are followed when an object is asked about, and only those that it goes by: what ties a
    name to another stands around one of its own uses, or around a call of the function whose
    parameter or result it is.
    """

    def __init__(
        self,
        files: Mapping[str, GoFile],
        types: PackageTypes,
        calls: CallGraph,
        *,
        is_whole: bool,
    ) -> None:
        """Take the package's files by name, whether they are all, its types and its calls."""
        self._files = files
        self._is_whole = is_whole
        self._types = types
        self._calls = calls
        self._aliases = Aliases(types, calls)
        self._followed: set[Key] = set()

    @cached_property
    def _operations(self) -> dict[Key, list[tuple[str, Operation]]]:
        found: defaultdict[Key, list[tuple[str, Operation]]] = defaultdict(list)
        for file, parsed in self._files.items():
            for operation in parsed.operations:
                found[key_of_name(operation.object, file)].append((file, operation))
        return found

    def of(self, file: str, operation: Operation) -> list[tuple[str, Operation]]:
        """Return all operations on an operation's object, with the files that they stand in."""
        asked, sets = key_of_name(operation.object, file), self._aliases.sets
        names = set(self._names_of(asked))
        return [
            each
            for key, found in self._operations.items()
            if key in names or (container_of(key) is not None and sets.are_aliases(key, asked))
            for each in found
        ]

    def escapes(self, file: str, operation: Operation) -> bool:
        """Return whether an operation's object may be used where nobody has looked.

        That is always so of a field of another package's type, as ``C`` of a time.Timer is, of
        a type that is not known, and of one whose name stands behind a value of unknown type; and
        of all objects where files are missing.
        """
        name = operation.object
        if not self._is_whole:
            return True
        is_result = name.scope == "result"
        behind = "." in name.path and name.path[:1] != "." and not is_result
        if behind or _FOREIGN.fullmatch(name.scope):
            return True
        names = self._with_containers(key_of_name(operation.object, file))
        return not self._aliases.escaped.isdisjoint(names)

    def is_returned_to_importers(self, file: str, operation: Operation) -> bool:
        """Return whether an exported function returns an operation's object."""
        names = self._with_containers(key_of_name(operation.object, file))
        return not self._aliases.exported.isdisjoint(names)

    def is_unbuffered(self, file: str, operation: Operation) -> bool:
        """Return whether all calls of make that an operation's channel comes from give no size."""
        names = self._names_of(key_of_name(operation.object, file))
        makes = [made for each in names for made in self._aliases.makes.get(each, ())]
        return bool(makes) and not any(_has_size(each) for each in makes)

    def _names_of(self, key: Key) -> list[Key]:
        """Return all names of an object, each of which has been followed."""
        self._with_containers(key)
        return self._aliases.sets.aliases_of(key)

    def _with_containers(self, key: Key) -> list[Key]:
        """Return all names of an object and of what it is in, each of which has been followed.

        What takes it out of a container gives it a name.
        """
        while True:
            names = list(self._aliases.sets.with_containers(key))
            new = [each for each in names if each not in self._followed]
            if not new:
                return names
            self._followed.update(new)
            for each in new:
                self._follow_name(each)

    def _follow_name(self, key: Key) -> None:
        """Look at all that may tie a name to another, or let its object escape."""
        if container_of(key) is not None:
            return  # It is followed by the names of what it is in.
        if key[0] == "literal":
            file, node = self._aliases.literals[key]
            self._aliases.look_at(file, node)
            self._look_around(file, node)
            return
        if key[0] == "field":
            kind, field = key[1].removeprefix("type "), key[2][1:]
            self._look_at_uses(field)
            self._look_at_uses(kind)  # Its literals may give the field by its place.
            is_declared = field in self._types.fields.get(kind, ())
            if is_declared and any(file.does_to_unknown(field) for file in self._files.values()):
                self._aliases.escaped.add(key)
        elif key[0] == "bound":
            self._look_at_uses(key[3].rpartition(".")[2], key[1])
            self._follow_parameter(key)
        elif key[0] == "result":
            self._follow_returned((key[1], int(key[2])))
        elif key[0] == "call":
            self._look_at_uses(key[1].removesuffix("()").rpartition(".")[2])
        else:
            self._look_at_uses(key[1].rpartition(".")[2])
            if "." not in key[1] and not self._types.declares(key[1]):
                self._aliases.escaped.add(key)

    def _follow_parameter(self, key: Key) -> None:
        """Tie a parameter to what calls of its function hand over."""
        home = (key[1], int(key[2]))
        function = self._calls.function_at(home)
        if function is None or all(name != key[3] for name, _ in parameters(function)):
            return
        if self._calls.is_called_from_unknown(home):
            self._aliases.escaped.add(key)
        for file, call in self._calls.calls_of(home):
            self._aliases.look_at(file, call)

    def _follow_returned(self, home: FunctionKey) -> None:
        """Tie what a function returns to what its calls are assigned to."""
        function = self._calls.function_at(home)
        if function is None:
            return
        for each in nodes_of(function, _RETURNS):
            if enclosing(each, *FUNCTIONS) == function:
                self._aliases.look_at(home[0], each)
        for file, call in self._calls.calls_of(home):
            self._aliases.look_at(file, call)
            self._look_around(file, call)

    def _look_at_uses(self, name: str, only: str = "") -> None:
        """Look at what stands around all uses of an identifier, or those of one file."""
        for file, parsed in self._files.items():
            for node in parsed.named(name) if only in ("", file) else ():
                parent = node.parent
                is_field = parent is not None and parent.type == "selector_expression"
                if is_field and parent.child_by_field_name("field") == node:
                    node = parent
                self._aliases.look_at(file, node)
                self._look_around(file, node)

    def _look_around(self, file: str, node: Node) -> None:
        """Look at what a node is part of, within its statement."""
        around = node.parent
        while around is not None and around.type not in _STATEMENTS:
            self._aliases.look_at(file, around)
            around = around.parent


def _has_size(make: Node) -> bool:
    """Return whether a call of make gives a size other than 0."""
    arguments = make.child_by_field_name("arguments")
    sizes = arguments.named_children[1:] if arguments is not None else ()
    return any(text_of(each) != "0" for each in sizes)
