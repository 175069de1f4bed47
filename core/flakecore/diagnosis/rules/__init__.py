"""The rules: each names one shape of a failure, both sides, or stays silent."""
