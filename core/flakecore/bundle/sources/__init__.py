"""Where artefacts lie: folders, zips and tars, and archives inside archives."""
