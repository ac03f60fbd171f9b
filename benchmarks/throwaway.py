"""Where the packages lie that are there for measuring alone: the project does not depend on them."""

from __future__ import annotations

import os
from pathlib import Path

PEERS = Path(os.environ.get("GLAMOR_PEERS", "/tmp/peers"))
