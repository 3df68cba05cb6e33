"""Kernel messages to notebook outputs: text and images only."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from nbformat import from_dict

from bptt_instructor.grading.protocol.serialize import clean_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

IMAGE_SIGNATURES = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff"}
"""First bytes of each kind of image that is kept. SVG can hold a program, and so can HTML."""

MAX_NAME_CHARACTERS = 200
MAX_TRACEBACK_LINES = 200
TRUNCATION_NOTE = "\n[The rest of this cell's output was cut off: it was too long.]\n"


class OutputCollector:
    """Collects the outputs of one cell.

    Parameters
    ----------
    max_bytes
        Bound on the messages whose outputs are kept.

    Attributes
    ----------
    outputs
        As they go into the notebook.
    """

    def __init__(self, max_bytes: int) -> None:
        self._bytes_left = max_bytes
        self.outputs: list[NotebookNode] = []
        self._clear_next = False

    @property
    def full(self) -> bool:
        """Whether no further output is kept."""
        return self._bytes_left <= 0

    def add(self, kind: str, content: Any, size: int) -> None:  # noqa: ANN401 - whatever the kernel sent
        """Add the output of one message, if it has any.

        Parameters
        ----------
        kind
            The message's type.
        content
            The message's content, which may be anything.
        size
            The message's length in bytes.
        """
        if self.full or type(content) is not dict:
            return
        if kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self.outputs.clear()
            return
        new = _output_from_message(kind, content, self._bytes_left)
        if new is None:
            return
        if self._clear_next:
            self._clear_next = False
            self.outputs.clear()
        self._bytes_left -= size
        self._append(new)
        if self.full:
            self._append(output("stream", name="stdout", text=TRUNCATION_NOTE))

    def _append(self, new: NotebookNode) -> None:
        last = self.outputs[-1] if self.outputs else None
        if last and last.output_type == new.output_type == "stream" and last.name == new.name:
            last.text += new.text
        else:
            self.outputs.append(new)


def output(kind: str, **fields: Any) -> NotebookNode:  # noqa: ANN401 - by kind
    """Return a notebook output.

    nbformat's ``new_output`` validates each output against its schema, which takes a thousand times as long.
    """
    node: NotebookNode = from_dict({"output_type": kind, **fields})
    return node


def error_output(name: str, message: str, traceback: list[str] | None = None) -> NotebookNode:
    """Return the output of a cell that failed."""
    lines = traceback if traceback is not None else [f"{name}: {message}"]
    return output("error", ename=name, evalue=message, traceback=lines)


def _output_from_message(kind: str, content: dict[str, Any], max_characters: int) -> NotebookNode | None:
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return output("stream", name=name, text=_clean_text(content.get("text"), max_characters))
    if kind == "error":
        return error_from_message(content, max_characters)
    if kind in {"display_data", "execute_result"}:
        data = _safe_data(content.get("data"), max_characters)
        count = content.get("execution_count")
        if kind == "display_data":
            return output(kind, data=data, metadata={}) if data else None
        return output(kind, data=data, metadata={}, execution_count=count if type(count) is int else None)
    return None


def error_from_message(content: dict[str, Any], max_characters: int) -> NotebookNode:
    """Return the output of a cell that failed, from the kernel's error message or reply."""
    lines = content.get("traceback")
    kept = [_clean_text(line, max_characters) for line in lines[:MAX_TRACEBACK_LINES]] if type(lines) is list else []
    name = _clean_text(content.get("ename"), MAX_NAME_CHARACTERS)
    message = _clean_text(content.get("evalue"), max_characters)
    return error_output(name, message, kept or None)


def _safe_data(data: Any, max_characters: int) -> dict[str, str]:  # noqa: ANN401
    """Return the images and the plain text of a MIME bundle."""
    if type(data) is not dict:
        return {}
    kept = {}
    for kind, signature in IMAGE_SIGNATURES.items():
        image = data.get(kind)
        if type(image) is str and len(image) <= max_characters and _has_signature(image, signature):
            kept[kind] = image
    if "text/plain" in data:
        kept["text/plain"] = _clean_text(data["text/plain"], max_characters)
    return kept


def _has_signature(image: str, signature: bytes) -> bool:
    try:
        return base64.b64decode(image.replace("\n", ""), validate=True).startswith(signature)
    except (binascii.Error, ValueError):
        return False


def _clean_text(value: Any, max_characters: int) -> str:  # noqa: ANN401
    """Return a text truncated and cleaned; empty for any other value."""
    return clean_text(value[:max_characters]) if type(value) is str else ""
