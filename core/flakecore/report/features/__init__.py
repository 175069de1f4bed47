"""Features of runs and tests as text, JSON, CSV and Parquet."""
