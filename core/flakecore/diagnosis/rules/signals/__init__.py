"""What profiles and metrics of a run show that is worth knowing, whatever failed."""
