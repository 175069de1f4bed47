"""The compiled wheel is one for every Python, and an index takes it for Linux since 2014."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="auditwheel looks at wheels for Linux"),
    pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, env=os.environ | {"CC": "gcc"})
    (made,) = folder.glob("*.whl")
    return made


def test_its_tag_names_a_platform_and_no_python(wheel: Path) -> None:
    assert re.fullmatch(r"flaketui-[\d.]+-py3-none-linux_\w+\.whl", wheel.name)
    names = zipfile.ZipFile(wheel).namelist()
    assert sum(name.endswith(".so") for name in names) == 2
    assert not any(name.startswith("tests") for name in names)


def test_the_source_distribution_holds_nothing_compiled(tmp_path: Path) -> None:
    # hatchling builds what the project names as its build system would.
    program = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=True)
    (made,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        names = archive.getnames()
    assert any(name.endswith("core/flakecore/native_build.py") for name in names)
    assert not [name for name in names if name.endswith((".so", ".pyc"))]


def test_auditwheel_takes_it_for_manylinux2014(wheel: Path) -> None:
    command = [sys.executable, "-m", "auditwheel", "show", str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    tag = re.search(r'"manylinux_2_(\d+)_', done.stdout)
    assert tag, done.stdout
    # manylinux2014 is manylinux_2_17 (PEP 600).
    assert int(tag[1]) <= 17
