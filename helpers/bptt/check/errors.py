"""Put into plain words why a learner's function stopped with an error, and say what to look at next.

Python and NumPy name the operation that failed. A beginner needs to know what was in it: so the failing piece of code
is found in the source, and what its names stand for is looked up, without running anything.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from bptt.check.raising_place import UNKNOWN, RaisingPlace, describe, is_cache, traces
from bptt.wording import join_names, plural

MAX_NAMES = 12
"""Most names of a dict that a message lists."""


def stand_in_error(
    name: str, function: Callable[..., Any], arguments: Sequence[Any], named: Mapping[str, Any]
) -> TypeError | None:
    """Say what is wrong with the arguments of an earlier exercise's function that raised; None if nothing is seen.

    Parameters
    ----------
    name : str
        Of the function.
    function : callable
        What stands in for it.
    arguments, named
        What it was called with.

    Returns
    -------
    TypeError or None
        For the learner, instead of an error from inside of the function, which they did not write.
    """
    parameters = _parameters(function)
    if parameters and not named.keys() <= parameters.keys():
        unknown = join_names(key for key in named if key not in parameters)
        return TypeError(f"{name} takes {join_names(parameters)}, and has no argument called {unknown}")
    if parameters and len(arguments) + len(named) != len(parameters):
        return TypeError(
            f"{name} takes {join_names(parameters)}, and is called with "
            f"{plural(len(arguments) + len(named), 'argument')}"
        )
    labels = [*parameters] if parameters else [f"its {word} argument" for word in _ORDINALS]
    given = {**dict(zip(labels, arguments, strict=False)), **named}
    state = next((value.a_next for value in given.values() if is_cache(value) and hasattr(value, "a_next")), None)
    wrong = []
    for label, value in given.items():
        wanted = "cache" if label.endswith("cache") else "array" if parameters else ""
        fits = is_cache(value) if wanted == "cache" else isinstance(value, np.ndarray) if wanted else _may_fit(value)
        if not fits:
            belongs = {"cache": "the cache of one step belongs", "array": "an array belongs"}.get(wanted, "")
            belongs = belongs or "an array or the cache of one step belongs"
            wrong.append(f"for {label} it is given {describe(value)}, where {belongs}")
        elif isinstance(value, np.ndarray) and state is not None and value.shape != state.shape:
            wrong.append(
                f"for {label} it is given {describe(value)}, where the state of its cache, a_next, has shape "
                f"{state.shape}"
            )
    return TypeError(f"{name} cannot be called like this: {'; '.join(wrong)}") if wrong else None


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def _parameters(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters
    every = {name for name, each in parameters.items() if each.kind is each.POSITIONAL_OR_KEYWORD}
    return dict(parameters) if every == parameters.keys() else {}


def _may_fit(value: object) -> bool:
    return isinstance(value, np.ndarray) or is_cache(value)


def closest(name: str, names: Iterable[Any], similarity: float = 0.6) -> str:
    """Return the name that is most probably meant by a misspelt one; empty when none comes close."""
    texts = [each for each in names if isinstance(each, str)]
    # Letters in another order come first: Wxa is Wax rather than Wya.
    same = [each for each in texts if _letters(each) == _letters(name)]
    return next(iter(same or get_close_matches(name, texts, 1, similarity)), "")


def _letters(name: str) -> list[str]:
    return sorted(name.lower().replace("_", ""))


def advice(
    error: BaseException, place: RaisingPlace | None, function: Callable[..., Any], arguments: Mapping[str, Any]
) -> str:
    """Say in plain words what went wrong and what to look at; empty where Python's own words are all there is.

    Parameters
    ----------
    error : BaseException
        What the learner's function raised.
    place : RaisingPlace or None
        Where.
    function : callable
        The learner's function.
    arguments : dict
        What it was called with.

    Returns
    -------
    str
        Whole sentences.
    """
    try:
        text = _advice(error, place, function, arguments)
    except Exception:  # noqa: BLE001 - learners' objects can do anything, and a missing piece of advice costs little
        text = ""
    # What stand_in_error says is plain already.
    innermost = [*traces(error)][-1].tb_frame
    is_plain = innermost.f_globals.get("__name__") == "bptt.check.call" and innermost.f_code.co_name == "recording"
    return text or (f"{error}." if is_plain else "")


def _advice(
    error: BaseException, place: RaisingPlace | None, function: Callable[..., Any], arguments: Mapping[str, Any]
) -> str:
    if place is None:
        return _wrong_signature(error, function, arguments)
    if sum(trace.tb_frame.f_code is getattr(function, "__code__", None) for trace in traces(error)) > 1:
        return f"{getattr(function, '__name__', 'It')} calls itself. Which function did you mean to call?"
    about = next((about for kind, about in _ABOUT.items() if isinstance(error, kind)), None)
    return about(error, place) if about else ""


def _wrong_signature(error: BaseException, function: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    if not isinstance(error, TypeError):
        return ""
    own = [*inspect.signature(function).parameters]
    takes = f"yours takes {join_names(own)}" if own else "yours takes none"
    return f"The function is called with {plural(len(arguments), 'argument')}, {join_names(arguments)}; {takes}."


# What NumPy says ------------------------------------------------------------------------------------------------------


def _about_value(error: BaseException, place: RaisingPlace) -> str:  # noqa: C901, PLR0911 - one return for each kind of message
    message = str(error)
    sign = _sign(place)
    if "core dimension" in message or "not aligned" in message:
        return MATRIX_PRODUCT
    if "does not have enough dimensions" in message:
        text = "A matrix product, @, takes two arrays; one of these is a single number, or not an array."
        return _wrong_operands(error, place) or text
    if "could not be broadcast" in message:
        return _not_broadcast(message, sign)
    if "non-broadcastable output" in message:
        return "One of the two has lost an axis. A sum keeps the axis that it sums over only with keepdims=True."
    if "could not broadcast input" in message:
        return (
            "An array is written into a place of another shape. Compare the two: which axis is missing, too long, or "
            "in another order?"
        )
    if "to unpack" in message:
        return _about_unpacking(place, int(re.findall(r"expected (?:at least )?(\d+)", message)[0]))
    if "truth value" in message:
        return (
            "A whole array stands where one yes or no is needed, as after if. Is a single entry meant, or should NumPy "
            "choose entry by entry?"
        )
    if "string to float" in message:
        return f"There is a text where numbers belong. {_TEXT}"
    if "with a sequence" in message or "inhomogeneous" in message:
        return _wrong_operands(error, place) or (
            "One entry of an array is given a whole array. How many axes does each side of the = have, and at which "
            "ones does the step t stand?"
        )
    if "concatenation axis" in message or "number of dimensions" in message:
        return (
            "Arrays are joined along one axis, and agree in all others. Along which axis are these joined (axis=0 puts "
            "one below the other), and which of their sizes differ?"
        )
    if "cannot reshape" in message:
        return "The new shape does not have as many entries as the array."
    if "axes don't match" in message:
        return "A transpose lists each axis of the array once."
    return ""


MATRIX_PRODUCT = (
    "A matrix product needs as many columns on its left as rows on its right. Does one of the two have to be "
    "transposed, or is each entry treated by itself? Then the product is *."
)


def _sign(place: RaisingPlace) -> ast.operator | None:
    return place.node.op if isinstance(place.node, ast.BinOp | ast.AugAssign) else None


def _not_broadcast(message: str, sign: ast.operator | None) -> str:
    shapes = [[part for part in text.split(",") if part] for text in re.findall(r"\(([\d,]*)\)", message)]
    signs: dict[type | None, str] = {ast.Mult: "* works", ast.Add: "+ works", ast.Sub: "- works", ast.Div: "/ works"}
    start = f"{signs.get(type(sign), '+, -, * and / work')} entry by entry, so both sides need the same shape."
    if len({len(shape) for shape in shapes}) > 1:
        return (
            f"{start} Here one has fewer axes than the other: has a sum lost one (keepdims), or an index one too many?"
        )
    if sign is None or isinstance(sign, ast.Mult):
        return f"{start} Is a sum over an index meant, as in a matrix product? That is written @."
    return f"{start} Which of the two does not have the shape that you expect, and where does it come from?"


def _about_unpacking(place: RaisingPlace, names: int) -> str:
    source = place.statement.value if isinstance(place.statement, ast.Assign) else None
    value = place.value(source)
    what = ast.unparse(source) if isinstance(source, ast.Name | ast.Attribute | ast.Subscript) else "the right side"
    start = f"{plural(names, 'name')} on the left, and "
    if hasattr(value, "_fields"):
        return f"There are {start}{what} has {len(value)} fields: {join_names(value._fields)}."
    if isinstance(value, dict):
        return f"There are {start}{what} is a dict with {plural(len(value), 'key')}. Its values are read by their keys."
    if isinstance(value, tuple | list) and isinstance(source, ast.Attribute) and source.attr == "shape":
        return f"There are {start}{what} has {plural(len(value), 'number')}: {tuple(value)}."
    if isinstance(value, np.ndarray):
        return f"There are {start}{what} is {describe(value)}. Unpacking an array gives its rows."
    if value is not UNKNOWN and hasattr(value, "__len__"):
        return f"There are {start}{what} has {len(value)} values."
    return f"There are {start}a different number of values on the right."


# What Python says -----------------------------------------------------------------------------------------------------


def _about_type(error: BaseException, place: RaisingPlace) -> str:  # noqa: C901, PLR0911 - one return for each kind of message
    message = str(error)
    for part, text in _TYPE_ADVICE.items():
        if part in message:
            return text
    if "indices must be" in message:
        return _wrong_index(message, place)
    if "argument" in message:
        return _wrong_call(message, place)
    if "unsupported operand" in message or "did not contain a loop" in message or "multiply sequence" in message:
        return _wrong_operands(error, place)
    if re.search("is not (subscriptable|iterable|reversible)|cannot unpack non-iterable", message):
        owner = place.node.value if isinstance(place.node, ast.Subscript) else None
        return _not_a_container(message, ast.unparse(owner) if owner is not None else "")
    if "is not callable" in message and isinstance(place.node, ast.Call):
        what, value = ast.unparse(place.node.func), place.value(place.node.func)
        is_what = f" is {describe(value)}, and" if value is not UNKNOWN else " is not a function, and"
        return (
            f"{what}{is_what} is followed by ( ), as in a call. Is an operator missing, or are square brackets meant?"
        )
    if "unhashable" in message:
        return "An array or a list is used as the key of a dict. Keys are names in quotes."
    if "integer scalar arrays" in message:
        return (
            _JOINED if _is_joined(place) else "An array stands where one whole number is needed, as a size or an index."
        )
    if "Python scalars" in message or "must be real number" in message:
        return (
            "A function for single numbers, such as those of math, is given an array. NumPy's functions work on arrays."
        )
    return ""


_JOINED = "The arrays to be joined are one argument together, in a list or a tuple; the next argument is the axis."

_TYPE_ADVICE = {
    "bitwise_xor": "^ is not a power in Python: it compares bits. A power is written **.",
    "operand type(s) for ^": "^ is not a power in Python: it compares bits. A power is written **.",
    "as a data type": "A shape is one argument: its numbers stand together, in parentheses of their own.",
    "cannot be interpreted as an integer": "A whole number is needed. Division with / never gives one, even 6 / 2.",
    "does not support item assignment": "Tuples, and so caches, cannot be changed. Make a new array for the result.",
}
"""By part of a message."""


def _is_joined(place: RaisingPlace) -> bool:
    return bool(re.search(r"concatenate|stack", place.line))


def _wrong_index(message: str, place: RaisingPlace) -> str:
    owner, index = (place.node.value, place.node.slice) if isinstance(place.node, ast.Subscript) else (None, None)
    value, key = place.value(owner), place.value(index)
    what = ast.unparse(owner) if owner is not None else "it"
    if hasattr(value, "_fields") and isinstance(key, str):
        return f"The cache is not a dict: {_field_or_list(what, value, key)}"
    if isinstance(value, list | tuple) and isinstance(key, str):
        caches = " with one cache for each step" if value and all(map(is_cache, value)) else ""
        return f"{what} is a {type(value).__name__}{caches}: its entries have numbers, from 0 on, and no names."
    if isinstance(value, str):
        return (
            f'{what} is the text "{value[:20]}". Unpacking a dict, or looping over it, gives its keys, not its values.'
        )
    if isinstance(key, float) or "not float" in message:
        return "An index must be a whole number. Division with / never gives one, even 6 / 2; // does."
    if isinstance(value, np.ndarray) and isinstance(key, str):
        return f"{what} is {describe(value)}, not a dict."
    return "An index must be a whole number, or a slice such as a colon."


def _field_or_list(what: str, cache: Any, name: str) -> str:  # noqa: ANN401 - any named tuple
    if name in cache._fields:
        return f"write {what}.{name}."
    inner = _key_within(cache, name)
    if inner:
        return f'{name} is in {what}.{inner}, which is a dict: {what}.{inner}["{name}"].'
    close = closest(name, cache._fields)
    guess = f" Did you mean {close}?" if close else ""
    return f"it has no {name}. Its fields are {join_names(cache._fields)}.{guess}"


def _key_within(cache: Any, name: str) -> str:  # noqa: ANN401 - any named tuple
    dicts = (field for field in cache._fields if isinstance(getattr(cache, field), dict))
    return next((field for field in dicts if name in getattr(cache, field)), "")


def _wrong_call(message: str, place: RaisingPlace) -> str:  # noqa: PLR0911 - one return for each kind of message
    call = place.node if isinstance(place.node, ast.Call) else None
    if call is None:
        return ""
    if _is_joined(place):
        return _JOINED
    name = ast.unparse(call.func)
    starred = next((each.value for each in call.args if isinstance(each, ast.Starred)), None)
    if starred is not None:
        value = place.value(starred)
        entries = f", {plural(len(value), 'argument')} here" if hasattr(value, "__len__") else ""
        return (
            f"The asterisk in {name}(...) takes {ast.unparse(starred)} apart: each of its entries becomes an argument"
            f"{entries}. Is the whole of it meant?"
        )
    function = place.value(call.func)
    if function is UNKNOWN and isinstance(call.func, ast.Name) and callable(getattr(np, name, None)):
        return f"{name} is Python's own here. NumPy's, for arrays, is np.{name}."
    unexpected = re.findall(r"unexpected keyword argument '(\w+)'", message)
    if not callable(function) or not re.search("positional argument|keyword argument", message):
        return ""
    try:
        takes = [*inspect.signature(function).parameters]
    except (TypeError, ValueError):
        return ""
    if unexpected:
        close = closest(unexpected[0], takes)
        return f"{name} has no argument called {unexpected[0]}.{f' Did you mean {close}?' if close else ''}"
    return f"{name} is called with arguments other than those that it takes: {join_names(takes) if takes else 'none'}."


def _wrong_operands(error: BaseException, place: RaisingPlace) -> str:  # noqa: C901, PLR0911 - one return for each kind of message
    node, message = place.node, str(error)
    sides: list[ast.AST] = []
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.AugAssign):
        sides = [node.target, node.value]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("np."):
        sides = [*node.args]
    for side in sides:
        value, what = place.value(side), ast.unparse(side)
        is_plain = isinstance(value, np.ndarray | np.number | int | float | list | tuple)
        if value is UNKNOWN or (is_plain and not hasattr(value, "_fields")):
            continue
        if isinstance(value, dict):
            return f"{what} is a dict, not one array: it is read by key. Its keys are {_names(value)}."
        if hasattr(value, "_fields"):
            return f"{what} is a whole cache, not one array. Its fields are {join_names(value._fields)}."
        return f"{what} is {describe(value)}, not an array. {_TEXT if isinstance(value, str) else _where_from(value)}"
    if "'str'" in message or "dtype('<U" in message:
        return f"One side is a text, not an array. {_TEXT}"
    if "NoneType" in message:
        return f"One side is None. {_where_from(None)}"
    if "'dict'" in message:
        return "One side is a dict, not one array: it is read by key."
    if "function" in message or "method" in message:
        return "One side is a function that has not been called: its parentheses are missing."
    return ""


_TEXT = "Unpacking a dict, or looping over it, gives its keys, not its values."


def _where_from(value: object) -> str:
    if value is None:
        return "Does a function that it comes from end without a return?"
    if callable(value):
        return "Are the parentheses of a call missing?"
    return "Where does it get its value?"


def _names(names: Mapping[Any, Any] | Sequence[str]) -> str:
    listed = [str(name)[:30] for name in names][:MAX_NAMES]
    return join_names(listed) if listed else "none"


def _not_a_container(message: str, what: str) -> str:
    kind = re.findall(r"'(\w+)' object|non-iterable (\w+) object", message)
    name = next((part for pair in kind for part in pair if part), "")
    start = what or "What should have several values here"
    if name == "NoneType":
        return f"{start} is None. {_where_from(None)}"
    if name in {"function", "method", "builtin_function_or_method"}:
        return f"{start} is a function. {_where_from(len)}"
    if name in {"int", "float", "float64"}:
        return f"{start} is one number, so there are no entries to index, to unpack, or to loop over."
    return ""


def _about_attribute(error: BaseException, place: RaisingPlace) -> str:  # noqa: C901, PLR0911, PLR0912 - by kind of value
    name, value = getattr(error, "name", ""), getattr(error, "obj", UNKNOWN)
    owner = place.node.value if isinstance(place.node, ast.Attribute) else None
    what = ast.unparse(owner) if owner is not None else "It"
    if value is None:
        return f"{what} is None. {_where_from(None)}"
    if hasattr(value, "_fields") and is_cache(value):
        # A method of arrays, asked of a cache.
        if hasattr(np.ndarray, name) and name not in value._fields:
            return f"{what} is a whole cache, not one array. Its fields are {join_names(value._fields)}."
        return f"{_field_or_list(what, value, name)}".replace("it has no", f"{what} has no", 1)
    if hasattr(value, "_fields"):
        return f"{what} holds the caches of all steps. It has no {name}; its fields are {join_names(value._fields)}."
    if isinstance(value, list | tuple):
        if value and all(is_cache(each) and hasattr(each, name) for each in value):
            return f"{what} is a list with the caches of all steps; {name} belongs to the cache of one step."
        return f"{what} is {describe(value)}, which has no {name}."
    if isinstance(value, dict):
        if name in value:
            return f'{what} is a dict: its entries are read by key, {what}["{name}"].'
        return f"{what} is a dict, which has no {name}. Its keys are {_names(value)}."
    if isinstance(value, str):
        return f'{what} is the text "{value[:20]}". {_TEXT}'
    if value is np:
        close = get_close_matches(name, dir(np), 1)
        return f"NumPy has no {name}.{f' Did you mean np.{close[0]}?' if close else ''}"
    if isinstance(value, int | float | np.number):
        return f"{what} is one number, which has no {name}."
    if isinstance(value, np.ndarray):
        close = get_close_matches(name, dir(np.ndarray), 1)
        function = f" NumPy has a function of that name: np.{name}." if callable(getattr(np, name, None)) else ""
        return f"{what} is an array, which has no {name}.{function or (f' Did you mean {close[0]}?' if close else '')}"
    if value is not UNKNOWN and callable(value):
        return f"{what} is a function, which has no {name}. {_where_from(value)}"
    return ""


def _about_index(error: BaseException, place: RaisingPlace) -> str:  # noqa: PLR0911 - one return for each kind of message
    message = str(error)
    owner, index = (place.node.value, place.node.slice) if isinstance(place.node, ast.Subscript) else (None, None)
    value, key = place.value(owner), place.value(index)
    what = ast.unparse(owner) if owner is not None else ""
    if "is out of bounds for array of dimension" in message:
        count = int(message.rsplit(maxsplit=1)[-1])
        return f"An array with {count} axes has the axes {join_names(map(str, range(count)))}." if count > 1 else ""
    if "too many indices" in message:
        numbers = re.findall(r"\d+", message)
        if len(numbers) > 1:
            axes = "1 axis" if numbers[0] == "1" else f"{numbers[0]} axes"
            return f"{what or 'An array'} has {axes}, and {numbers[1]} indices are given."
    out_of_bounds = re.findall(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", message)
    if out_of_bounds:
        at, axis, size = map(int, out_of_bounds[0])
        return f"Axis {axis} of {what or 'an array'} has {_entries(size)}; index {at} is asked for."
    if "valid indices" in message:
        return _wrong_index(message, place)
    if isinstance(owner, ast.Attribute) and owner.attr == "shape" and isinstance(value, tuple):
        array = ast.unparse(owner.value)
        return f"{array} has {len(value)} axes only, {tuple(value)}; index {key} of its shape is asked for."
    if hasattr(value, "_fields"):
        return f"{what} has the fields {join_names(value._fields)} only; index {key} is asked for."
    if isinstance(value, list | tuple) and isinstance(key, int):
        return f"{what} has {_entries(len(value))}; index {key} is asked for."
    if "out of range" in message and what:
        return f"{what} is shorter than the index that is asked for."
    return ""


def _entries(size: int) -> str:
    if not size:
        return "no entries"
    return "1 entry, with index 0" if size == 1 else f"{size} entries, with indices 0 to {size - 1}"


def _about_key(error: BaseException, place: RaisingPlace) -> str:
    key = error.args[0] if error.args else None
    owner = place.node.value if isinstance(place.node, ast.Subscript) else None
    value = place.value(owner)
    what = ast.unparse(owner) if owner is not None else "A dict"
    if not isinstance(value, dict):
        # Such as d[t]["dWax"], or a dict in a comprehension: only dicts among the names of this line are looked at.
        names = re.findall(r"[A-Za-z_]\w*", place.line)
        dicts = {name: place.names[name] for name in names if isinstance(place.names.get(name), dict)}
        lacking = {name: each for name, each in dicts.items() if key not in each}
        if len(lacking) != 1:
            return f"{what} has no key {key!r}."
        ((what, value),) = lacking.items()
    close = closest(key, value) if isinstance(key, str) else ""
    guess = f" Did you mean {close}?" if close else ""
    return f"{what} has no {key!r}. Its keys are {_names(value)}.{guess}"


def _about_name(error: BaseException, place: RaisingPlace) -> str:  # noqa: C901, PLR0911 - one return for each kind of message
    name = getattr(error, "name", None) or next(iter(re.findall(r"'(\w+)'", str(error))), "")
    quoted = re.search(rf"(\w+)\[{re.escape(name)}\]", place.line)
    if quoted and isinstance(owner := place.names.get(quoted[1]), dict) and name in owner:
        return f"{name} stands for a key of {quoted[1]}, and a key is written in quotes."
    if isinstance(error, UnboundLocalError) or "free variable" in str(error):
        return (
            f"{name} is used before it has a value. A line that gives it one is in the function, but has not been run "
            "yet: is it further below, or in a loop or an if that was not entered? (+= needs a value to start from.)"
        )
    if name == "np":
        return "NumPy is not imported: has the first cell of this notebook been run?"
    places = [f"{each}.{name}" for each, value in place.local.items() if name in getattr(value, "_fields", ())]
    for each, value in place.local.items():
        if isinstance(value, dict) and name in value:
            places.append(f'{each}["{name}"]')
        elif hasattr(value, "_fields") and _key_within(value, name):
            places.append(f'{each}.{_key_within(value, name)}["{name}"]')
    if places:
        return f"No variable is called {name} here. Did you mean {places[0]}?"
    if any(
        isinstance(node, ast.Call) and not callable(getattr(np, name, None)) and ast.unparse(node.func) == name
        for node in _walk(place)
    ):
        close = get_close_matches(name, [each for each, value in place.names.items() if callable(value)], 1, 0.8)
        return (
            f"No function is called {name} here. {f'Did you mean {close[0]}? If not: has' if close else 'Has'} the "
            "cell that defines it been run since the notebook was opened?"
        )
    misspelt = closest(name, place.local, 0.85)
    if misspelt:
        return f"No variable is called {name} here. Did you mean {misspelt}?"
    if name in {"n_x", "n_a", "n_y", "m", "T_x"}:
        return f"No variable is called {name} here. A size is read from the shape of an array that has it."
    if callable(getattr(np, name, None)):
        return f"Nothing is called {name} here. Did you mean np.{name}?"
    return (
        f"No variable is called {name} here. Has it another name, is it computed further below, or should it come from "
        "an argument?"
    )


def _walk(place: RaisingPlace) -> Iterator[ast.AST]:
    return ast.walk(place.statement) if place.statement is not None else iter(())


_ABOUT: dict[type[BaseException], Callable[[BaseException, RaisingPlace], str]] = {
    KeyError: _about_key,
    IndexError: _about_index,
    AttributeError: _about_attribute,
    NameError: _about_name,
    RecursionError: lambda *_: "Functions call each other again and again, without an end. Is each of them meant?",
    ZeroDivisionError: lambda *_: "Something is divided by zero. When is what it is divided by 0?",
    TypeError: _about_type,
    ValueError: _about_value,
    AssertionError: lambda *_: "An assert of yours does not hold.",
    SystemExit: lambda *_: "The function ends Python itself, as exit() does.",
}
"""By kind of error, in the order to look at."""
