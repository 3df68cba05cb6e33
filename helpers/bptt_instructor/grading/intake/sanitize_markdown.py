"""Markdown of a learner's that is safe to show: nothing in it can run as a program in whose browser it is read.

nbconvert writes HTML that stands in markdown into the page as it is, and so feedback and formgrader do. What is written
here is read by nbconvert's markdown afterwards, so this only takes away: a tag that could do something is no tag any
more, and a text with a link that could do something is shown as typed.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import Any

MAX_IMAGE_CHARACTERS = 5_000_000
"""Bytes of all pictures of a cell together, as text."""
IMAGE_SIGNATURES = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}

_FORMATTING = "a|b|br|code|details|em|hr|i|kbd|li|ol|p|pre|s|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul"
# What begins a tag, unless it is one for formatting, and without attributes.
_TAG = re.compile(rf"<(?=[A-Za-z/!?])(?!/?(?:{_FORMATTING})\s*/?>|https?://[^\s<>\"']*>)", re.IGNORECASE)
_MERMAID_FENCE = re.compile(r"(`{3,}|~{3,})([ \t]*)mermaid", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\s\\\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\ufeff]+")
_ACTIVE_URL = re.compile(r"(?:(?:java|vb|live)script:|data:(?:text/|application/|image/svg))", re.IGNORECASE)
_ATTACHMENT_LINK = re.compile(r"attachment:([^)\s>\"']*)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


def sanitize_markdown(source: str, attachments: dict[str, dict[str, str]]) -> str:
    """Return markdown that looks as it did, without what could run as a program.

    Parameters
    ----------
    source
        As a learner wrote it.
    attachments
        Its pictures, by name; one that is not there would stop whoever makes a page of it.
    """
    # \\href is a link in a formula. Entities and invisible characters must not hide anything.
    bare = _INVISIBLE.sub("", html.unescape(html.unescape(source)))
    named = _ATTACHMENT_LINK.findall(source)
    lost = set(named) - attachments.keys() or len(_ATTACHMENT_LINK.findall(bare)) != len(named)
    if "\\href" in source or _ACTIVE_URL.search(bare) or lost:
        return as_plain_text(source)
    return _MERMAID_FENCE.sub(r"\1\2text", _TAG.sub("< ", source))


def as_plain_text(source: str) -> str:
    """Return markdown that shows a text as it was typed."""
    return "\n".join(f"    {line}" for line in source.splitlines())


def image_attachments(attachments: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401 - whatever the file says
    """Return those attachments of a markdown cell that are pictures."""
    kept: dict[str, dict[str, str]] = {}
    left = MAX_IMAGE_CHARACTERS
    for name, kinds in attachments.items() if type(attachments) is dict else ():
        for kind, begins in IMAGE_SIGNATURES.items():
            data = kinds.get(kind) if type(kinds) is dict and _NAME.fullmatch(name) else None
            if type(data) is str and len(data) <= left and _has_signature(data, begins):
                left -= len(data)
                kept.setdefault(name, {})[kind] = data
    return kept


def _has_signature(data: str, begins: bytes) -> bool:
    try:
        return base64.b64decode(data, validate=True).startswith(begins)
    except (binascii.Error, ValueError):
        return False
