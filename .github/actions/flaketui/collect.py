"""What the action does: collect a bundle, and tell the steps behind it what came of it.

All inputs are variables of the environment (``action.yml``), and no shell reads any of them. The
annotations and the step's summary are written by ``flaketui collect`` itself, which knows that it
runs in a job of GitHub Actions. Needs Python's standard library only.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path

UPLOADS = ("failure", "always", "never")


def main(environment: Mapping[str, str]) -> int:
    """Run the tests and return the exit code of the step."""
    try:
        arguments = collect_arguments(environment)
    except ValueError as error:
        sys.stdout.write(f"::error title=flaketui::{escaped(str(error))}\n")
        return 2
    folder = Path(environment.get("RUNNER_TEMP") or tempfile.gettempdir(), "flaketui")
    folder.mkdir(parents=True, exist_ok=True)
    program = environment.get("FLAKETUI_PROGRAM") or installed(folder / "venv")
    bundle = folder / f"flaketui-{secrets.token_hex(4)}.zip"
    code = subprocess.run(
        [program, "collect", "-o", str(bundle), *arguments], check=False
    ).returncode
    failed = code != 0
    headline = ""
    if bundle.is_file():
        headline = first_headline(program, bundle)
        code = code or findings_code(program, bundle, environment)
    upload = environment.get("FLAKETUI_UPLOAD") or "failure"
    wanted = upload == "always" or (upload == "failure" and code != 0)
    tell(
        environment,
        bundle=str(bundle) if bundle.is_file() else "",
        failed=str(failed).lower(),
        headline=headline,
        upload=str(wanted and bundle.is_file()).lower(),
    )
    return code


def collect_arguments(environment: Mapping[str, str]) -> list[str]:
    """Return the arguments of ``flaketui collect``.

    Raises:
        ValueError: an input is none that there is, or a package is a flag.
    """
    upload = environment.get("FLAKETUI_UPLOAD") or "failure"
    if upload not in UPLOADS:
        raise ValueError(f"upload is one of {', '.join(UPLOADS)}, and not {upload!r}")
    packages = environment.get("FLAKETUI_PACKAGES", "").split()
    flags = [each for each in packages if each.startswith("-")]
    if flags:
        raise ValueError(f"packages holds the flag {flags[0]!r}: flags stand in args")
    try:
        arguments = shlex.split(environment.get("FLAKETUI_ARGS", ""))
    except ValueError as error:
        raise ValueError(f"args cannot be split into words: {error}") from error
    hunt = environment.get("FLAKETUI_HUNT", "")
    hunting = ["--until-fail", "--stress", f"--for={hunt}"] if hunt else []
    baseline = environment.get("FLAKETUI_BASELINE", "")
    known = [f"--baseline={baseline}"] if baseline else []
    return [*known, *hunting, *packages, *arguments]


def installed(folder: Path) -> str:
    """Install the flaketui that this action is part of, and return its path."""
    venv.create(folder, with_pip=True)
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    root = Path(__file__).resolve().parents[3]
    subprocess.run(
        [binaries / "python", "-m", "pip", "install", "--quiet", f"{root}[source]"], check=True
    )
    return str(binaries / "flaketui")


def first_headline(program: str, bundle: Path) -> str:
    """Return the sentence on the first failure of a bundle; "" where there is none."""
    told = subprocess.run(
        [program, "report", "--format", "json", str(bundle)], capture_output=True, check=False
    )
    if told.returncode != 0:
        return ""
    failures = [each for case in json.loads(told.stdout)["cases"] for each in case["failures"]]
    return " ".join(failures[0]["headline"].split()) if failures else ""


def findings_code(program: str, bundle: Path, environment: Mapping[str, str]) -> int:
    """Return the exit code of ``flaketui report --fail-on``; 0 where no rules are named."""
    rules, baseline = (environment.get(f"FLAKETUI_{each}", "") for each in ("FAIL_ON", "BASELINE"))
    if not rules:
        return 0
    known = [f"--baseline={baseline}"] if baseline else []
    told = subprocess.run(
        [program, "report", f"--fail-on={rules}", *known, str(bundle)], check=False
    )
    return told.returncode


def tell(environment: Mapping[str, str], **outputs: str) -> None:
    """Write outputs of the step; a text cannot end the one that it is in."""
    path = environment.get("GITHUB_OUTPUT", "")
    if not path:
        return
    end = f"end-{secrets.token_hex(16)}"
    with Path(path).open("a", encoding="utf-8") as file:
        for name, value in outputs.items():
            file.write(f"{name}<<{end}\n{value}\n{end}\n")


def escaped(text: str) -> str:
    """Return a text as the data of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


if __name__ == "__main__":
    sys.exit(main(os.environ))
