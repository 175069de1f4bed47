"""What a person names: several files, standard input, a pipe, an address."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest

from bundle.archives import zip_of
from flakecore.bundle import Bundle, Kind, locations, open_bundle
from flakecore.bundle.remote import download
from flakecore.errors import BundleError
from program import SAMPLE, run_program

MEMBERS = len(zipfile.ZipFile(SAMPLE).namelist())


def contents_of(bundle: Bundle) -> dict[str, bytes]:
    return {artefact.name: bytes(bundle.read(artefact)) for artefact in bundle.artefacts}


@pytest.fixture
def loose(tmp_path: Path, contents: dict[str, bytes]) -> Path:
    for name in ("trace.out", "test.json", "cpu.pprof"):
        (tmp_path / name).write_bytes(contents[name])
    return tmp_path


def test_an_empty_name_is_no_folder() -> None:
    with pytest.raises(BundleError, match="the name of a bundle is empty; name a file"):
        open_bundle("")


def test_files_named_together_are_one_bundle(loose: Path, contents: dict[str, bytes]) -> None:
    with open_bundle(loose / "trace.out", loose / "test.json") as bundle:
        assert contents_of(bundle) == {name: contents[name] for name in ("trace.out", "test.json")}
        assert bundle.name == "trace.out and 1 more"
        assert bundle.place == f"{loose / 'trace.out'} {loose / 'test.json'}"


def test_files_of_one_name_are_told_apart_by_their_folders(
    tmp_path: Path, contents: dict[str, bytes]
) -> None:
    for run in ("run1", "run2"):
        (tmp_path / run).mkdir()
        for name in ("trace.out", "test.json"):
            (tmp_path / run / name).write_bytes(contents[name])
    with open_bundle(*sorted(tmp_path.glob("*/*"))) as bundle:
        assert [(a.name, a.attempt) for a in bundle.artefacts] == [
            (f"{run}/{name}", run)
            for run in ("run1", "run2")
            for name in ("test.json", "trace.out")
        ]


def test_several_bundles_are_attempts(
    sample: Path, unpacked: Path, tmp_path: Path, contents: dict[str, bytes]
) -> None:
    (tmp_path / "other.zip").write_bytes(zip_of(contents))
    with open_bundle(sample, tmp_path / "other.zip", unpacked) as bundle:
        assert {trace.attempt for trace in bundle.of_kind(Kind.TRACE)} == {
            "demo.zip",
            "other.zip",
            unpacked.name,
        }


def test_a_file_that_is_empty_among_others_is_a_loss(loose: Path) -> None:
    (loose / "cpu.pprof").write_bytes(b"")
    with open_bundle(loose / "cpu.pprof", loose / "test.json") as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["test.json"]
        assert [loss.where for loss in bundle.losses] == ["cpu.pprof"]


def test_one_that_is_missing_among_others_is_told(loose: Path) -> None:
    with pytest.raises(BundleError, match=r"nope\.out does not exist"):
        open_bundle(loose / "test.json", loose / "nope.out")


def test_a_pipe_with_a_name_that_nobody_writes_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "_WRITER_S", 0.0)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BundleError, match="pipe that nobody writes to"):
        open_bundle(tmp_path / "pipe")


def test_a_pipe_with_a_name_is_read_to_its_end(loose: Path, sample: Path) -> None:
    pipe = loose / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(sample.read_bytes()))
    writer.start()
    with open_bundle(pipe) as bundle, open_bundle(sample) as original:
        assert bundle.artefacts == original.artefacts
        assert contents_of(bundle) == contents_of(original)
    writer.join()


def test_a_bundle_comes_through_standard_input() -> None:
    script = (
        "from flakecore.bundle import open_bundle; b = open_bundle('-');"
        "print(b.name, len(b.artefacts), b.place)"
    )
    with SAMPLE.open("rb") as stdin:
        told = subprocess.run(
            [sys.executable, "-c", script], stdin=stdin, capture_output=True, text=True, check=True
        )
    assert told.stdout.split() == ["standard", "input", str(MEMBERS), "-"]


def test_nothing_through_standard_input_is_told() -> None:
    ended = run_program("report", "-")
    assert ended.returncode == 2
    assert ended.stderr == ("flaketui: - is empty; make a bundle with: flaketui collect\n")


Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A web server of one test: each path has a function that answers."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        answers, asked = self.answers, self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((self.path, self.headers.get("Authorization")))
                answers[self.path.partition("?")[0]](self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def giving(
    content: bytes, kind: str = "application/zip", length: int | None = None, code: int = 200
) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Type", kind)
        if length != -1:
            handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = True

    return answer


def leading_to(where: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", where)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    opened = Server()
    yield opened
    opened.close()


def test_a_bundle_is_fetched_from_an_address(server: Server, sample: Path) -> None:
    server.answers["/a/bundle.zip"] = giving(sample.read_bytes())
    told: list[tuple[str, float]] = []
    with (
        open_bundle(
            f"http://{server.host}/a/bundle.zip", progress=lambda *step: told.append(step)
        ) as bundle,
        open_bundle(sample) as original,
    ):
        assert bundle.artefacts == original.artefacts
        assert contents_of(bundle) == contents_of(original)
        assert bundle.name == "bundle.zip"
    assert told[-1] == ("bundle.zip", 1.0)


def test_without_a_length_it_is_fetched_to_its_end(server: Server, sample: Path) -> None:
    server.answers["/bundle.zip"] = giving(sample.read_bytes(), length=-1)
    with open_bundle(f"http://{server.host}/bundle.zip") as bundle:
        assert len(bundle.artefacts) == MEMBERS
        assert bundle.losses == ()


def test_a_download_that_breaks_off_gives_what_came(server: Server, sample: Path) -> None:
    whole = sample.read_bytes()
    server.answers["/bundle.zip"] = giving(whole[: len(whole) // 2], length=len(whole))
    with open_bundle(f"http://{server.host}/bundle.zip") as bundle:
        assert bundle.of_kind(Kind.TEST_JSON)
        assert f"of {len(whole):,} bytes came" in str(bundle.losses[0])


def test_user_and_password_go_to_that_host_alone_and_are_shown_nowhere(
    server: Server, sample: Path
) -> None:
    other = Server()
    try:
        server.answers["/bundle.zip"] = leading_to(f"http://{other.host}/real.zip?signature=abc")
        other.answers["/real.zip"] = giving(sample.read_bytes())
        address = f"http://me:s%40cret@{server.host}/bundle.zip?token=hidden"
        with open_bundle(address) as bundle:
            assert bundle.place == f"http://{server.host}/bundle.zip"
        expected = base64.b64encode(b"me:s@cret").decode()
        assert server.asked == [("/bundle.zip?token=hidden", f"Basic {expected}")]
        assert other.asked == [("/real.zip?signature=abc", None)]
    finally:
        other.close()


@pytest.mark.parametrize("code", [401, 403, 404, 500])
def test_what_the_server_says_is_told_without_secrets(code: int, server: Server) -> None:
    server.answers["/bundle.zip"] = giving(b"no", code=code)
    with pytest.raises(BundleError) as told:
        open_bundle(f"http://me:secret@{server.host}/bundle.zip?token=hidden")
    assert f"http://{server.host}/bundle.zip cannot be fetched" in str(told.value)
    assert f"says {code}" in str(told.value)
    for hidden in ("secret", "hidden", "me:"):
        assert hidden not in str(told.value)


def test_a_page_that_asks_for_a_login_is_told(server: Server) -> None:
    server.answers["/bundle.zip"] = giving(b"<html>log in</html>", kind="text/html; charset=utf-8")
    with pytest.raises(BundleError, match=r"is a web page and no bundle; it may need a login"):
        open_bundle(f"http://{server.host}/bundle.zip")


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/"])
def test_a_redirection_out_of_the_web_is_not_followed(where: str, server: Server) -> None:
    server.answers["/bundle.zip"] = leading_to(where)
    with pytest.raises(BundleError, match="cannot be fetched"):
        open_bundle(f"http://{server.host}/bundle.zip")


def test_redirections_in_a_circle_end(server: Server) -> None:
    server.answers["/bundle.zip"] = leading_to("/bundle.zip")
    with pytest.raises(BundleError, match="cannot be fetched"):
        open_bundle(f"http://{server.host}/bundle.zip")
    assert len(server.asked) < 20


def test_more_than_is_fetched_is_refused_before_it_is(
    server: Server, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "MAX_FETCHED", 1000)
    server.answers["/bundle.zip"] = giving(sample.read_bytes())
    with pytest.raises(BundleError, match="more than are fetched"):
        open_bundle(f"http://{server.host}/bundle.zip")
    server.answers["/lies.zip"] = giving(sample.read_bytes(), length=-1)
    with open_bundle(f"http://{server.host}/lies.zip") as bundle:
        assert "longer than 1,000 bytes" in bundle.losses[0].what


def test_a_server_that_falls_silent_is_given_up(
    server: Server, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT", 1.0)
    over = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        whole = sample.read_bytes()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(whole)))
        handler.end_headers()
        handler.wfile.write(whole[:50_000])
        handler.wfile.flush()
        over.wait(10)

    server.answers["/bundle.zip"] = silent
    try:
        with open_bundle(f"http://{server.host}/bundle.zip") as bundle:
            assert "connection broke" in str(bundle.losses[0])
    finally:
        over.set()


def test_a_host_that_is_not_there_is_told() -> None:
    with pytest.raises(
        BundleError, match=r"http://127\.0\.0\.1:1/x\.zip cannot be fetched"
    ) as told:
        open_bundle("http://127.0.0.1:1/x.zip")
    assert "\n" not in str(told.value)


def test_a_file_address_is_that_file(sample: Path) -> None:
    with open_bundle(sample.as_uri()) as bundle:
        assert len(bundle.artefacts) == MEMBERS


def test_object_storage_without_its_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(BundleError, match=r"s3://bucket/b\.zip needs fsspec.*flaketui\[cloud\]"):
        open_bundle("s3://bucket/b.zip")


def test_objects_are_fetched_within_bounds(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fsspec.open("memory://bucket/bundle.zip", "wb") as file:
        file.write(sample.read_bytes())
    told: list[tuple[str, float]] = []
    with open_bundle(
        "memory://bucket/bundle.zip", progress=lambda *step: told.append(step)
    ) as bundle:
        assert len(bundle.artefacts) == MEMBERS
        assert bundle.name == "bundle.zip"
    assert told[-1] == ("bundle.zip", 1.0)
    with pytest.raises(BundleError, match=r"memory://bucket/nope cannot be fetched"):
        open_bundle("memory://bucket/nope")
    with pytest.raises(BundleError, match=r"use https://, s3:// or gs://"):
        open_bundle("nosuchscheme://bucket/nope")
    monkeypatch.setattr(locations, "MAX_FETCHED", 1000)
    with pytest.raises(BundleError, match="more than are fetched"):
        open_bundle("memory://bucket/bundle.zip")


def test_a_storage_whose_package_is_missing_is_told() -> None:
    with pytest.raises(BundleError, match=r"a package for gs:// that is not here.*\[cloud\]"):
        open_bundle("gs://bucket/b.zip")


def test_a_key_in_object_storage_is_shown_whole_whatever_is_in_it() -> None:
    key = "memory://bucket/a run #1?/ü %41.zip"
    with fsspec.open(key, "wb") as file:
        file.write(SAMPLE.read_bytes())
    with open_bundle(key) as bundle:
        assert (bundle.place, bundle.name) == (key, "ü %41.zip")
    assert locations.location_text("s3://key:secret@bucket/b.zip") == "s3://bucket/b.zip"
    assert locations.location_text("https://u:p@host/b.zip?X-Signature=s#f") == "https://host/b.zip"
