"""Text that can be written: without half characters, which Python holds and no file does."""

from __future__ import annotations


def writable(text: str) -> str:
    """Join surrogate pairs, and replace single surrogates by U+FFFD.

    Parameters
    ----------
    text
        From a file, a kernel or an error message; not trusted.
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
