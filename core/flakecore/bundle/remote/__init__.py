"""Bundles fetched over the network: http, https and object storage."""
