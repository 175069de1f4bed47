"""Where what commands print goes: streams, files, the page of a CI."""
