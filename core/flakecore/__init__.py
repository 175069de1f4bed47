"""From the bundle a Go test run left behind to one aligned timeline and its explanation.

Each room answers one question; data runs one way: bytes → columns → timeline → findings.
"""
