"""Where did time, memory and waiting go? Profiles in; samples by stack out."""

from __future__ import annotations

from flakecore.pprof.decode import read_profile
from flakecore.pprof.profile import Label, Profile, ProfileFrame, ValueType, profile_kind
from flakecore.pprof.text_profiles import has_names
from flakecore.pprof.totals import FunctionTotal, top, top_functions

__all__ = [
    "FunctionTotal",
    "Label",
    "Profile",
    "ProfileFrame",
    "ValueType",
    "has_names",
    "profile_kind",
    "read_profile",
    "top",
    "top_functions",
]
