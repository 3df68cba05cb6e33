"""Hostile and broken submissions, one file for each family; what they try is harmless, bounded, and stays here."""

from submissions.hostile.asking import ASKING
from submissions.hostile.cheating import CHEATING
from submissions.hostile.costs import COSTS
from submissions.hostile.faking import FAKING
from submissions.hostile.isolation import ISOLATION
from submissions.hostile.packaging import PACKAGING
from submissions.hostile.resources import RESOURCES
from submissions.hostile.scripts import SCRIPTS
from submissions.hostile.structure import STRUCTURE
from submissions.hostile.text import TEXT
from submissions.hostile.unseen import UNSEEN

CORPUS = (*FAKING, *STRUCTURE, *PACKAGING, *CHEATING, *ASKING, *COSTS, *ISOLATION, *SCRIPTS, *RESOURCES, *UNSEEN, *TEXT)
