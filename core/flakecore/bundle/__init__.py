"""What was captured? A zip, folder or file in; artefacts, recognised by their content, out."""

from __future__ import annotations

from flakecore.bundle.bundle import Artefact, Bundle, open_bundle, open_bytes
from flakecore.bundle.experiment import Experiment
from flakecore.bundle.kinds import Kind
from flakecore.bundle.manifest import (
    Attempt,
    Host,
    HostLoad,
    Manifest,
    Phases,
    Recorded,
    Revision,
    Settings,
    attempt_to_replay,
)
from flakecore.bundle.manifest_json import SCHEMA, encode, read_manifest

__all__ = [
    "SCHEMA",
    "Artefact",
    "Attempt",
    "Bundle",
    "Experiment",
    "Host",
    "HostLoad",
    "Kind",
    "Manifest",
    "Phases",
    "Recorded",
    "Revision",
    "Settings",
    "attempt_to_replay",
    "encode",
    "open_bundle",
    "open_bytes",
    "read_manifest",
]
