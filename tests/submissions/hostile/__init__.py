"""Hostile and broken submissions, one file for each family; what they try is harmless, bounded, and stays here."""

from submissions.hostile.cheating import CHEATING
from submissions.hostile.faking import FAKING
from submissions.hostile.isolation import ISOLATION
from submissions.hostile.packaging import PACKAGING
from submissions.hostile.resources import RESOURCES
from submissions.hostile.scripts import SCRIPTS
from submissions.hostile.structure import STRUCTURE

CORPUS = (*FAKING, *STRUCTURE, *PACKAGING, *CHEATING, *ISOLATION, *SCRIPTS, *RESOURCES)
