from __future__ import annotations

from pathlib import Path

from flakecore.bundle import open_bundle

EVENTS = b'{"Action":"run","Package":"p","Test":"T"}\n'


def test_a_link_out_of_the_folder_is_left_out_and_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_bytes(EVENTS)
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "test.json").write_bytes(EVENTS)
    (folder / "other.json").symlink_to(secret)
    (folder / "up.json").symlink_to("../secret.json")
    (folder / "loop.json").symlink_to("loop.json")
    with open_bundle(folder) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["test.json"]
        lost = {loss.where: loss.what for loss in bundle.losses}
    assert (
        lost["other.json"] == lost["up.json"] == "it is a link out of the folder, so it is left out"
    )
    assert "cannot be read" in lost["loop.json"]


def test_a_link_within_the_folder_and_one_to_the_folder_itself_are_followed(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "run1.json").write_bytes(EVENTS)
    (folder / "latest.json").symlink_to("run1.json")
    (tmp_path / "link").symlink_to(folder)
    with open_bundle(tmp_path / "link") as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["latest.json", "run1.json"]
        assert bundle.losses == ()
