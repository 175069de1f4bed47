"""What was captured? A zip, folder or file in; artefacts told apart by their content out."""

from __future__ import annotations

from flakecore.bundle.bundle import Artefact, Bundle, open_bundle
from flakecore.bundle.kinds import Kind
from flakecore.bundle.manifest import SCHEMA, Host, Manifest, encode, read_manifest

__all__ = [
    "SCHEMA",
    "Artefact",
    "Bundle",
    "Host",
    "Kind",
    "Manifest",
    "encode",
    "open_bundle",
    "read_manifest",
]
