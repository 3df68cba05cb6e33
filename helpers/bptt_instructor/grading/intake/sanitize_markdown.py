"""Remove active content from markdown and attachments.

nbconvert, and so feedback and formgrader, copies HTML in markdown into the page as it is. The result is markdown that
nbconvert renders later, so content is only disarmed: any tag but a plain formatting one is escaped, and a cell with an
active link is shown as typed.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import Any

MAX_MARKDOWN_CHARACTERS = 20_000
"""Length of a text that is rendered. A formula's end is looked for from each beginning: time grows as the square."""
MAX_PLAIN_CHARACTERS = 100_000
"""Length of a text that is shown as typed; the rest is cut off."""
MAX_IMAGE_CHARACTERS = 5_000_000
"""Size of all attached images of a cell together, in base64."""
IMAGE_SIGNATURES = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}

_FORMATTING = "a|b|br|code|details|em|hr|i|kbd|li|ol|p|pre|s|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul"
# Start of a tag, except formatting tags without attributes, and links in angle brackets.
_TAG = re.compile(rf"<(?=[A-Za-z/!?])(?!/?(?:{_FORMATTING})\s*/?>|https?://[^\s<>\"']*>)", re.IGNORECASE)
# Each run of signs is read once: a search that begins anew at every sign takes hours for a megabyte of them.
_MERMAID_FENCE = re.compile(r"((?<!`)`{3,}+|(?<!~)~{3,}+)([ \t]*+)mermaid", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\s\\\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\ufeff]+")
_ACTIVE_URL = re.compile(r"(?:(?:java|vb|live)script:|data:(?:text/|application/|image/svg))", re.IGNORECASE)
_ATTACHMENT_LINK = re.compile(r"attachment:([^)\s>\"']*)", re.IGNORECASE)
# Python refuses to read numbers of thousands of digits, and no character has more than seven.
_LONG_ENTITY = re.compile(r"&#(?=[0-9]{8})")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


def sanitize_markdown(source: str, attachments: dict[str, dict[str, str]]) -> str:
    """Return markdown that renders alike, without active content.

    Parameters
    ----------
    source
        Markdown of a learner; not trusted.
    attachments
        Attached images of the cell, by name. nbconvert fails on a reference to one that is missing.
    """
    if len(source) > MAX_MARKDOWN_CHARACTERS:
        return as_plain_text(source)
    source = _LONG_ENTITY.sub("& #", source)
    # Entities and invisible characters must not hide a link; \\href is a link in a formula.
    bare = _INVISIBLE.sub("", html.unescape(html.unescape(source)))
    references = _ATTACHMENT_LINK.findall(source)
    broken = set(references) - attachments.keys() or len(_ATTACHMENT_LINK.findall(bare)) != len(references)
    if "\\href" in source or _ACTIVE_URL.search(bare) or broken:
        return as_plain_text(source)
    return _MERMAID_FENCE.sub(r"\1\2text", _TAG.sub("< ", source))


def as_plain_text(source: str) -> str:
    """Return markdown that shows a text as it was typed: an indented code block. One that is long is cut."""
    cut = len(source) - MAX_PLAIN_CHARACTERS
    lines = source[:MAX_PLAIN_CHARACTERS].splitlines()
    if cut <= 0 and all(not line or line.startswith("    ") for line in lines):
        return source
    note = [f"[{cut:,} more characters are left out here.]"] if cut > 0 else []
    return "\n".join(f"    {line}" for line in [*lines, *note])


def image_attachments(attachments: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401 - whatever the file says
    """Return the attachments of a markdown cell that are PNG, JPEG or GIF images, within bounds.

    Parameters
    ----------
    attachments
        As the notebook file has them; not trusted.

    Returns
    -------
    dict
        By name, the image in base64 by MIME type.
    """
    kept: dict[str, dict[str, str]] = {}
    left = MAX_IMAGE_CHARACTERS
    for name, bundle in attachments.items() if type(attachments) is dict else ():
        for mime, signature in IMAGE_SIGNATURES.items():
            data = bundle.get(mime) if type(bundle) is dict and _NAME.fullmatch(name) else None
            if type(data) is str and len(data) <= left and _has_signature(data, signature):
                left -= len(data)
                kept.setdefault(name, {})[mime] = data
    return kept


def _has_signature(data: str, signature: bytes) -> bool:
    try:
        return base64.b64decode(data, validate=True).startswith(signature)
    except (binascii.Error, ValueError):
        return False
