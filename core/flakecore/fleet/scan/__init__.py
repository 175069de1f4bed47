"""Bundles in, Parquet parts out: each is read once, on processes here or on a cluster."""
