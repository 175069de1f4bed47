"""A case as a trace of Perfetto's: lanes, tests, collections, heap and output on one clock."""
