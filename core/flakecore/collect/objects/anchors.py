"""Where the toolchain's own files get something put in, so that the runtime knows the objects.

Every release has other files. What is put in stands behind a line of theirs, its **anchor**, and on
the same line, so that all lines keep their numbers; what is added stands at the end of the file. A
feature whose anchors are not all there, each once, is left out, and the page says that it is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Insertion:
    """Something that is put in behind an anchor.

    Attributes:
        within: the line that begins the function that the anchor stands in.
        anchor: the text that it follows.
        text: what is put in.
    """

    within: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What happens to one file of the toolchain.

    Attributes:
        file: its path below ``src``.
        insertions: what is put into its functions.
        fragments: Go files of this folder whose declarations are added at its end.
        added: Go text that is added, too.
        variants: declarations that are added, and which of the two depends on the release.
        requires: texts that the file must have, each once.
    """

    file: str
    insertions: tuple[Insertion, ...] = ()
    fragments: tuple[str, ...] = ()
    added: str = ""
    variants: tuple[Variant, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """A declaration that depends on the release.

    Attributes:
        where: a file below ``src``.
        has: the text that tells.
        then: the declaration where the file has it.
        otherwise: the declaration where it does not.
    """

    where: str
    has: str
    then: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Feature:
    """What is known only if all of its patches hold.

    Attributes:
        name: what the page says is missing.
        places: the patches; several where releases have it in different files, the first that
            holds counts.
    """

    name: str
    places: tuple[tuple[FilePatch, ...], ...]


_LOCK_HOOKS = """
//go:noescape
//go:linkname flaketuiLocked runtime.flaketuiLocked
func flaketuiLocked(lock unsafe.Pointer)

//go:noescape
//go:linkname flaketuiUnlocked runtime.flaketuiUnlocked
func flaketuiUnlocked(lock unsafe.Pointer)
"""


def _mutex(file: str) -> FilePatch:
    locked = "flaketuiLocked(unsafe.Pointer(m))"
    lock, unlock = "func (m *Mutex) Lock() {", "func (m *Mutex) Unlock() {"
    return FilePatch(
        file,
        (
            Insertion(lock, "unsafe.Pointer(m))\n\t\t}\n\t\t", f"{locked}; "),
            Insertion(lock, "\tm.lockSlow()", f"; {locked}"),
            Insertion(
                "func (m *Mutex) TryLock() bool {",
                "unsafe.Pointer(m))\n\t}\n\t",
                f"{locked}; ",
            ),
            Insertion(unlock, unlock, " flaketuiUnlocked(unsafe.Pointer(m));"),
        ),
        added=_LOCK_HOOKS,
        requires=("\n\tsema  uint32\n",),
    )


_LAYOUT = """
//go:linkname flaketuiLayout
func flaketuiLayout() [5]uintptr {
	return [...]uintptr{
		unsafe.Offsetof((*RWMutex)(nil).w),
		unsafe.Offsetof((*RWMutex)(nil).writerSem),
		unsafe.Offsetof((*RWMutex)(nil).readerSem),
		unsafe.Offsetof((*Once)(nil).m),
		unsafe.Offsetof((*WaitGroup)(nil).sema),
	}
}
"""
_LAYOUT_OF_MUTEX = """
//go:linkname flaketuiLayoutOfMutex
func flaketuiLayoutOfMutex() uintptr { return unsafe.Offsetof((*Mutex)(nil).sema) }
"""


_RUNTIME = FilePatch(
    "runtime/proc.go",
    (Insertion("func gopark(", "\tgp.waitreason = reason", "; gp.waitsince = nanotime()"),),
    fragments=("holders.go", "page.go"),
    variants=(
        Variant(
            "runtime/proc.go",
            "func stopTheWorld(reason stwReason) worldStop {",
            "func flaketuiStop() worldStop { return stopTheWorld(stwAllGoroutinesStack) }\n"
            "func flaketuiStart(stopped worldStop) { startTheWorld(stopped) }",
            "func flaketuiStop() bool { stopTheWorld(stwAllGoroutinesStack); return true }\n"
            "func flaketuiStart(bool) { startTheWorld() }",
        ),
        Variant(
            "runtime/runtime2.go",
            "type maybeTraceablePtr struct {",
            "func flaketuiElement(s *sudog) unsafe.Pointer { return s.elem.get() }\n"
            "func flaketuiChannelOf(s *sudog) *hchan { return s.c.get() }",
            "func flaketuiElement(s *sudog) unsafe.Pointer { return s.elem }\n"
            "func flaketuiChannelOf(s *sudog) *hchan { return s.c }",
        ),
        Variant(
            "runtime/symtabinl.go",
            "func newInlineUnwinder(f funcInfo, pc uintptr) (",
            "func flaketuiInlined(f funcInfo, pc uintptr) (inlineUnwinder, inlineFrame) "
            "{ return newInlineUnwinder(f, pc) }",
            "func flaketuiInlined(f funcInfo, pc uintptr) (inlineUnwinder, inlineFrame) "
            "{ return newInlineUnwinder(f, pc, nil) }",
        ),
    ),
)


def _page(file_of_mutex: str) -> tuple[FilePatch, ...]:
    return (
        _RUNTIME,
        FilePatch("sync/rwmutex.go", added=_LAYOUT),
        FilePatch(file_of_mutex, added=_LAYOUT_OF_MUTEX),
    )


PAGE = Feature("the page", (_page("internal/sync/mutex.go"), _page("sync/mutex.go")))
"""What every other feature needs."""

FEATURES = (
    Feature(
        "sync.Mutex: who holds it",
        ((_mutex("internal/sync/mutex.go"),), (_mutex("sync/mutex.go"),)),
    ),
)
"""What else the page can know, each alone."""
