"""Open a gradebook, which several processes may do at a time; refuse one of another version of nbgrader.

nbgrader itself starts the program alembic to learn its version, and in an older gradebook makes tables that then stand
in the way of ``nbgrader db upgrade``.
"""

from __future__ import annotations

import re
import sqlite3
import time
from functools import cache
from pathlib import Path
from typing import Any

from nbgrader import api, dbutil
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool

from bptt_instructor.grading.course import GradingError

MAX_LOCK_SECONDS = 30
"""How long to wait for another process that writes to a gradebook in SQLite."""
MAX_ATTEMPTS = 20
ATTEMPT_SECONDS = 0.1
"""How often, and after what time, to look again at a gradebook that another process is making."""

_REVISION = re.compile(r"^revision = '(\w+)'", re.MULTILINE)
_FOLLOWED = re.compile(r"^down_revision = '(\w+)'", re.MULTILINE)


def open_book(db_url: str, course_id: str = "default_course") -> api.Gradebook:
    """Open a gradebook; make it if there is none.

    Parameters
    ----------
    db_url, course_id
        As for :class:`nbgrader.api.Gradebook`.

    Raises
    ------
    GradingError
        When it is of another version of nbgrader.
    """
    for attempts_left in reversed(range(MAX_ATTEMPTS)):
        try:
            if has_right_version(db_url):
                # nbgrader would print the traceback of what is tried again.
                api.app_log.disabled = bool(attempts_left)
                return api.Gradebook(db_url, course_id)
        except (DBAPIError, api.InvalidEntry) as error:
            if not attempts_left or not made_by_another(error):
                raise
        finally:
            api.app_log.disabled = False
        time.sleep(ATTEMPT_SECONDS)
    raise GradingError(
        f"The gradebook {_shown(db_url)} has no version: it is not a gradebook, or its creation was interrupted. "
        "Put back a copy of it, or move it away and grade anew."
    )


def made_by_another(error: Exception) -> bool:
    """Tell whether an entry or a table could not be made because another process has just made it."""
    return isinstance(error, IntegrityError | api.InvalidEntry) or "already exists" in str(error)


@cache
def nbgrader_revisions() -> tuple[str, frozenset[str]]:
    """Return the version of gradebooks that this nbgrader has, and those of all gradebooks that it can upgrade."""
    revisions, followed = set(), set()
    for path in Path(dbutil.ALEMBIC_DIR, "versions").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        revisions.update(_REVISION.findall(source))
        followed.update(_FOLLOWED.findall(source))
    (newest,) = revisions - followed
    return newest, frozenset(revisions)


# nbgrader has the program alembic tell it, which is looked for by name, and takes a second.
api.get_alembic_version = lambda: nbgrader_revisions()[0]


@event.listens_for(Engine, "connect")
def _wait_for_writers(connection: Any, _: object) -> None:  # noqa: ANN401 - of any database
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout = {MAX_LOCK_SECONDS * 1000}")


def has_right_version(db_url: str) -> bool:
    """Tell whether a gradebook has this nbgrader's version, or is still to be made; no while it is being made.

    Raises
    ------
    GradingError
        When it has another version.
    """
    database = make_url(db_url).database
    if db_url.startswith("sqlite") and not (database and Path(database).is_file()):
        return True
    engine = create_engine(db_url, poolclass=NullPool)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        if not tables:
            return True
        if "alembic_version" not in tables:
            return False
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    newest, known = nbgrader_revisions()
    if version == newest:
        return True
    if version in known:
        raise GradingError(
            f"The gradebook {_shown(db_url)} is of an older nbgrader. Copy it first, then run 'nbgrader db upgrade' in "
            "the course folder."
        )
    raise GradingError(
        f"The gradebook {_shown(db_url)} is of a newer nbgrader, or of something else (its version is {version}). "
        "Grade with the nbgrader that made it."
    )


def _shown(db_url: str) -> str:
    url = make_url(db_url)
    return str(url.database) if url.drivername.startswith("sqlite") else url.render_as_string()
