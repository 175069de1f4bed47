"""``python -m flaketui``."""

import sys

from flaketui.cli import main

sys.exit(main())
