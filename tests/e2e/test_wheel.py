"""A wheel of the project, unpacked in an empty folder, opens its sample in a real terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from e2e.terminal import AS_FOUND, open_terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a wheel of this checkout is installed into, without its dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("flaketui-*.whl")
    target = folder / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True)
    return target


@pytest.mark.slow
def test_what_a_wheel_holds_is_all_that_the_explorer_needs(installed: Path, tmp_path: Path) -> None:
    script = (
        "import sys, flaketui, flakecore;"
        f"assert {str(installed)!r} in flaketui.__file__, flaketui.__file__;"
        f"assert {str(installed)!r} in flakecore.__file__, flakecore.__file__;"
        "from flaketui.cli import main; sys.exit(main())"
    )
    words = 'cd "$HOME"; "$0" -c "$1" demo; echo "left with $?"; sleep 600'
    home = {f"XDG_{kind}_HOME": str(tmp_path) for kind in ("CONFIG", "STATE", "DATA")}
    environment = {"HOME": str(tmp_path), "PYTHONPATH": str(installed), **home}
    command = ["/bin/sh", "-c", words, sys.executable, script]
    with open_terminal(command, 120, 40, environment) as terminal:
        terminal.wait_for("failure 1/4")
        terminal.press("q")
        terminal.wait_for("left with 0")
        assert terminal.modes() == AS_FOUND
