"""Widgets are drawn on cards, as figures are: what reads a card without eyes is with the tests of figures."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "viz"))
