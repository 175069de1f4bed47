"""The screen of ``flaketui triage``: a scanned fleet, from which a bundle is opened."""
