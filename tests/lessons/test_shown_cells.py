"""Which of the notebook's names a cell uses and sets: what decides whether grading may leave a cell out."""

import warnings

import pytest

from bptt_instructor.lessons.shown_cells import defined_names, used_names


@pytest.mark.parametrize(
    ("source", "used", "defined"),
    [
        ("y = x", "x y", "y"),
        ("x += 1", "x", "x"),
        ("del x", "x", "x"),
        ("a, *b = c", "a b c", "a b"),
        ("for _ in x:\n    y = _t = 1", "_ _t x y", "_t y"),
        ("import a.b, c as d\nfrom e import f as g", "a d g", "a d g"),
        ("def f(x=y):\n    z = x + u\n    return z", "f u y", "f"),
        ("def f():\n    x = 1\n    def g():\n        return x\n    return g", "f", "f"),
        ("def f():\n    global x\n    x = y", "f x y", "f x"),
        ("class A:\n    x = x\n    y = 1\n\n    def f(self):\n        return self.z + u", "A u x", "A"),
        ("(lambda x: x + y)(z)", "y z", ""),
        ("f'{x:{y}}'", "x y", ""),
        ("match x:\n    case [y]:\n        pass", "x y", "y"),
        ("try:\n    x\nexcept E as e:\n    pass", "E e x", "e"),
        ("(y := x)", "x y", "y"),
        ("'\\d'", "", ""),
    ],
)
def test_names_of_the_notebook(source, used, defined):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert used_names(source) == set(used.split())
        assert defined_names(source) == set(defined.split())


@pytest.mark.parametrize(
    "source",
    [
        "print(_)",
        "_5 + 1",
        "___",
        "Out[3]",
        "In",
        "_ih[1]",
        "_i2",
        "_dh",
        "import __main__",
        "sys.modules['__main__']",
        "%run -i other.py",
    ],
)
def test_what_ipython_keeps_may_be_any_name(source):
    assert used_names(source) is None


@pytest.mark.parametrize("name", ["dir", "eval", "exec", "get_ipython", "globals", "locals", "vars"])
def test_what_finds_names_may_use_any(name):
    assert used_names(f"def f():\n    return {name}()") is None
    assert used_names(f"%timeit {name}()") is None


@pytest.mark.parametrize(
    "source", ["%timeit x + f(y)", "x = f(y", "!ls $x $y; f", "f?\nx, y", "0\0 x f y", "'\ud800', x, f, y"]
)
def test_all_words_count_where_it_is_no_python(source):
    assert {"f", "x", "y"} <= used_names(source)


def test_a_timing_defines_nothing():
    assert defined_names("%timeit -n 3 x\ny = 1\n%time z = 2") == {"y"}
    assert defined_names("%run x") == {"run", "x"}


@pytest.mark.parametrize(
    "source", ["1" + "+1" * 49_000, "x" + ".a" * 49_000, "(" * 90_000, "-" * 90_000 + "1", "f(" * 200]
)
def test_no_text_is_too_much(source):
    assert used_names(source) is not None
