"""The command line: which subcommand runs, and how errors are reported.

Nothing heavy is imported before it is needed: ``--help`` starts in a tenth of a second, and what
runs without a terminal never loads the library that draws on one.
"""

from __future__ import annotations

import argparse
import gc
import os
import runpy
import sys
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import flakecore
from flakecore.errors import FlakeError
from flaketui import __version__
from flaketui.commands import (
    compare,
    events,
    explore,
    export,
    features,
    pack,
    profile,
    report,
    runs,
    scan,
    sql,
    triage,
)
from flaketui.commands.bundle_arguments import add_places
from flaketui.commands.collecting import collect
from flaketui.commands.doctor import doctor_command
from flaketui.commands.shell import shell_commands
from flaketui.commands.writing.annotations import without_workflow_commands
from flaketui.commands.writing.debugging import debug_log
from flaketui.commands.writing.streams import occupy_closed_streams, stderr, stdout

if TYPE_CHECKING:
    from flaketui.commands.shell.command_descriptions import Program

COMMANDS = (
    "collect",
    "compare",
    "completion",
    "demo",
    "doctor",
    "events",
    "export",
    "features",
    "man",
    "pack",
    "profile",
    "report",
    "runs",
    "scan",
    "sql",
    "triage",
)


_COLLECT_AFTER = 200_000
"""New objects after which the cyclic garbage collector looks for cycles. With Python's own number,
700, that is a tenth of the time to the first frame: a thousand modules hold no garbage."""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the subcommands."""
    parser = argparse.ArgumentParser(
        prog="flaketui",
        usage="flaketui [options] BUNDLE\n       flaketui {" + ",".join(COMMANDS) + "} ...",
        description="Why does this Go test fail only sometimes? Opens a bundle of a Go test run:"
        " execution trace, test output and profiles on one clock.",
        epilog="flaketui BUNDLE opens the explorer on the first failure."
        " flaketui COMMAND --help tells the options of a command.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--debug", action="store_true", help="show tracebacks of errors of the program's own"
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="tell the version and exit")
    subparsers = parser.add_subparsers(
        title="commands", metavar="", dest="command", prog="flaketui"
    )
    collect.add_parser(subparsers)
    report.add_parser(subparsers)
    events.add_parser(subparsers)
    features.add_parser(subparsers)
    runs.add_parser(subparsers)
    compare.add_parser(subparsers)
    export.add_parser(subparsers)
    scan.add_parser(subparsers)
    triage.add_parser(subparsers)
    sql.add_parser(subparsers)
    pack.add_parser(subparsers)
    profile.add_parser(subparsers)
    explore.add_demo_parser(subparsers)
    doctor_command.add_parser(subparsers)
    shell_commands.add_parsers(subparsers, _described)
    return parser


def _described() -> Program:
    from flaketui.commands.shell.command_descriptions import described

    return described(make_parser(), make_explorer_parser())


class _Version(argparse.Action):
    """Prints the version, and whether compiled loops over traces are there and can be loaded."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        core = Path(flakecore.__file__).parent
        build = runpy.run_path(str(core / "native_build.py"))
        compiled = "compiled"
        try:
            for folder in build["FOLDERS"]:
                build["load_library"](core / folder)
        except FileNotFoundError:
            compiled = "not compiled"
        except OSError:
            compiled = "compiled, but this machine cannot load them: traces are read without"
        stdout.write(f"flaketui {__version__} (loops over traces {compiled})\n")
        parser.exit()


def make_explorer_parser() -> argparse.ArgumentParser:
    """Return the parser of ``flaketui BUNDLE``."""
    parser = argparse.ArgumentParser(prog="flaketui", allow_abbrev=False)
    add_places(parser)
    explore.add_options(parser)
    parser.set_defaults(run=explore.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 2 for anything that could not be done."""
    occupy_closed_streams()
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = debug_log(arguments)
    parser = make_parser()
    if not arguments:
        parser.print_help(sys.stderr)
        return 2
    if _names_a_bundle(arguments):
        parser = make_explorer_parser()
        meant = _misspelt_command(arguments[0])
        if meant:
            remedy = f"did you mean: flaketui {meant}"
            stderr.write(f"flaketui: {arguments[0]} is no command and no file; {remedy}\n")
            return 2
    try:
        options = _parsed(parser, arguments)
        from flakecore.allocator import tune_allocator

        tune_allocator()
        with (
            without_workflow_commands(os.environ, stdout.write)
            if _prints_for_people(options)
            else nullcontext()
        ):
            code: int = options.run(options)
    except FlakeError as error:
        stderr.write(f"flaketui: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of a pipe went away; nobody is left to read an error.
        return 141
    except Exception as error:
        from flakecore.unexpected_errors import LOG, error_sentence

        LOG.debug("%s", " ".join(arguments), exc_info=error)
        stderr.write(f"flaketui: {error_sentence(error)}\n")
        return 2
    finally:
        if debug is not None:
            debug.print()
    return code


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments; help and what is wrong with them go through the streams.

    Raises:
        FlakeError: it was asked for, and cannot be written.
    """
    written, refused = StringIO(), StringIO()
    try:
        with redirect_stdout(written), redirect_stderr(refused):
            return parser.parse_args(arguments)
    except SystemExit as leaving:
        stdout.write(written.getvalue())
        stderr.write(refused.getvalue())
        if not leaving.code:
            stdout.require()
        raise


def _prints_for_people(options: argparse.Namespace) -> bool:
    """Return whether lines of tests go where people read them, which is in no file.

    What goes to a file is what was asked for and nothing else; JSON begins no line with a command.
    """
    people = getattr(options, "format", "json") in ("text", "markdown")
    return people and not stdout.is_file


def _misspelt_command(word: str) -> str:
    """Return the command that a word which is neither command nor file was to be; "" for none."""
    if word.startswith("-") or "/" in word or "." in word or Path(word).exists():
        return ""
    return next(iter(get_close_matches(word, COMMANDS, n=1, cutoff=0.6)), "")


def _names_a_bundle(arguments: Sequence[str]) -> bool:
    """Whether the arguments open a bundle, and are not a subcommand or a question about both."""
    general = {"-h", "--help", "--version"}
    return arguments[0] not in COMMANDS and not general.intersection(arguments)
