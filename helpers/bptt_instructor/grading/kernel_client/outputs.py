"""What a kernel's messages become in the notebook: text and images, whatever they claim to be."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from nbformat import from_dict

if TYPE_CHECKING:
    from nbformat import NotebookNode

IMAGES = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff"}
"""The pictures that stay, and how they begin. SVG can hold a program, and so can HTML."""

LONGEST_NAME = 200
CUT = "\n[The rest of this cell's output was cut off: it was too long.]\n"


class OutputCollector:
    """Collects the outputs of one cell.

    Parameters
    ----------
    most_bytes
        How much of it is kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes
        self.cells: list[NotebookNode] = []
        self._clear_next = False

    @property
    def full(self) -> bool:
        """Whether nothing more is kept."""
        return self._left <= 0

    def add(self, kind: str, content: Any, size: int) -> None:  # noqa: ANN401 - whatever the kernel sent
        """Take one message.

        Parameters
        ----------
        kind
            The message's type.
        content
            What it says.
        size
            Its length in bytes.
        """
        if self.full or type(content) is not dict:
            return
        if kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self.cells.clear()
            return
        made = _made(kind, content, self._left)
        if made is None:
            return
        if self._clear_next:
            self._clear_next = False
            self.cells.clear()
        self._left -= size
        self._append(made)
        if self.full:
            self._append(output("stream", name="stdout", text=CUT))

    def _append(self, made: NotebookNode) -> None:
        last = self.cells[-1] if self.cells else None
        if last and last.output_type == made.output_type == "stream" and last.name == made.name:
            last.text += made.text
        else:
            self.cells.append(made)


def output(kind: str, **fields: Any) -> NotebookNode:  # noqa: ANN401 - by kind
    """Make an output; nbformat's own ``new_output`` checks each by its schema, which takes a thousand times as long."""
    made: NotebookNode = from_dict({"output_type": kind, **fields})
    return made


def error(name: str, message: str, traceback: list[str] | None = None) -> NotebookNode:
    """Make the output of a cell that failed."""
    lines = traceback if traceback is not None else [f"{name}: {message}"]
    return output("error", ename=name, evalue=message, traceback=lines)


def _made(kind: str, content: dict[str, Any], most: int) -> NotebookNode | None:
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return output("stream", name=name, text=text(content.get("text"), most))
    if kind == "error":
        return error_from_message(content, most)
    if kind in {"display_data", "execute_result"}:
        data = _data(content.get("data"), most)
        count = content.get("execution_count")
        if kind == "display_data":
            return output(kind, data=data, metadata={}) if data else None
        return output(kind, data=data, metadata={}, execution_count=count if type(count) is int else None)
    return None


def error_from_message(content: dict[str, Any], most: int) -> NotebookNode:
    """Make the output of a cell that failed from what the kernel says of the error."""
    lines = content.get("traceback")
    kept = [text(line, most) for line in lines[:LONGEST_NAME]] if type(lines) is list else []
    name = text(content.get("ename"), LONGEST_NAME)
    message = text(content.get("evalue"), most)
    return error(name, message, kept or None)


def _data(data: Any, most: int) -> dict[str, str]:  # noqa: ANN401
    if type(data) is not dict:
        return {}
    kept = {}
    for kind, begins in IMAGES.items():
        image = data.get(kind)
        if type(image) is str and len(image) <= most and _begins(image, begins):
            kept[kind] = image
    if "text/plain" in data:
        kept["text/plain"] = text(data["text/plain"], most)
    return kept


def _begins(image: str, begins: bytes) -> bool:
    try:
        return base64.b64decode(image.replace("\n", ""), validate=True).startswith(begins)
    except (binascii.Error, ValueError):
        return False


def text(value: Any, most: int) -> str:  # noqa: ANN401
    """Return what is text, at most so long, and fit for a file; empty otherwise."""
    return value[:most].encode("utf-8", "replace").decode() if type(value) is str else ""
