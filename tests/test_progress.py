"""The progress line: one line of a terminal at any width and in any letters, and nothing elsewhere."""

import io

import pytest

from bptt import progress
from bptt.progress import ProgressLine, track
from bptt.widgets.training.run import Run
from bptt.widgets.training.terminal_display import TerminalDisplay


class Terminal(io.TextIOWrapper):
    """A terminal of so many columns; what it shows is worked out as a real one does."""

    def __init__(self, columns=80, encoding="utf-8"):
        super().__init__(io.BytesIO(), encoding=encoding, newline="")
        self.columns = columns

    def isatty(self):
        return True

    @property
    def written(self):
        return self.buffer.getvalue().decode(self.encoding)

    @property
    def lines(self):
        lines, column = [[]], 0
        for letter in self.written:
            if letter == "\r":
                column = 0
            elif letter == "\n":
                lines, column = [*lines, []], 0
            else:
                if column == self.columns:
                    lines, column = [*lines, []], 0
                lines[-1][column : column + 1] = letter
                column += 1
        return ["".join(line).rstrip() for line in lines]


@pytest.fixture
def terminal(monkeypatch):
    def make(columns=80, encoding="utf-8"):
        monkeypatch.setenv("COLUMNS", str(columns))
        return Terminal(columns, encoding)

    return make


NUMBERS = "step  250 of 1000   loss −0.123  5.1 ms/step   99 min 20 s left"


def test_a_line_has_label_bar_and_numbers(terminal):
    shown = terminal(120)
    ProgressLine(shown).show("LSTM", 250, 1000, NUMBERS)
    assert shown.lines == [f"LSTM  [#####...............]  {NUMBERS}"]


@pytest.mark.parametrize("label", ["RNN", "a label that is as long as a path may be " * 3, "", "two\nlines"])
@pytest.mark.parametrize("columns", [300, 100, 80, 70, len(NUMBERS) + 1])
def test_numbers_are_whole_and_one_line_is_enough_at_any_width(terminal, columns, label):
    shown = terminal(columns)
    line = ProgressLine(shown)
    for done in (1, 999, 1000, 5000):
        line.show(label, done, 1000, NUMBERS)
    (text,) = shown.lines
    assert text.endswith(NUMBERS)
    assert len(text) < columns
    assert text.startswith(label[:3] if columns > 90 and "\n" not in label else "")


def test_at_eighty_columns_there_is_room_for_a_bar(terminal):
    shown = terminal(80)
    ProgressLine(shown).show("LSTM", 500, 1000, NUMBERS)
    assert shown.lines == [f"LSTM  [###...]  {NUMBERS}"]


def test_a_shorter_line_covers_a_longer_one(terminal):
    shown = terminal()
    line = ProgressLine(shown)
    line.show("a long label", 1, 2, "1 of 2")
    line.show("b", 2, 2, "2 of 2")
    assert shown.lines == ["b  [####################]  2 of 2"]
    line.leave()
    line.show("c", 0, 2, "0 of 2")
    line.erase()
    assert shown.lines == ["b  [####################]  2 of 2", ""]


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "shift_jis"])
def test_a_console_with_few_letters_shows_the_numbers_all_the_same(terminal, encoding):
    shown = terminal(100, encoding)
    ProgressLine(shown).show("Читаю", 1, 2, "loss −0.5   510 µs/step")
    (text,) = shown.lines
    assert text.endswith(("loss -0.5   510 µs/step", "loss -0.5   510 us/step", "loss −0.5   510 us/step"))


def test_wide_letters_take_two_columns(terminal):
    shown = terminal()
    ProgressLine(shown).show("読" * 60, 1, 2, "1 of 2")
    (text,) = shown.lines
    assert text.endswith("  [##########..........]  1 of 2")
    assert len(text) + text.count("読") < 80


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_elsewhere_nothing_is_written(stream, monkeypatch, capsys):
    if stream is None:
        monkeypatch.setattr("sys.stderr", None)
    line = ProgressLine(stream)
    line.show("RNN", 1, 2, "1 of 2")
    line.leave()
    line.erase()
    assert list(track([1, 2, 3], "Reading", stream)) == [1, 2, 3]
    assert not stream or not stream.getvalue()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("size", [OSError, (0, 0)], ids=["unknown", "none"])
def test_a_terminal_that_does_not_tell_its_width_has_eighty_columns(monkeypatch, size):
    def told(_):
        if size is OSError:
            raise OSError
        return progress.os.terminal_size(size)

    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(progress.os, "get_terminal_size", told)
    shown = Terminal()
    monkeypatch.setattr(shown, "fileno", lambda: 2, raising=False)
    ProgressLine(shown).show("a" * 100, 1, 2, "1 of 2")
    assert len(shown.lines[0]) == 79


def test_going_through_items_leaves_no_line_whatever_ends_it(terminal, monkeypatch):
    monkeypatch.setattr(progress, "_REDRAW_SECONDS", 0.0)
    shown = terminal()
    assert list(track("abc", "Reading", shown)) == ["a", "b", "c"]
    assert "Reading  [#############.......]  2 of 3" in shown.written
    assert shown.lines == [""]
    stopped = track("abc", "Reading", shown)
    assert next(stopped) == "a"
    stopped.close()
    assert shown.lines == [""]


def test_it_is_drawn_so_seldom_that_it_costs_nothing(terminal, monkeypatch):
    now = iter(range(1_000_000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now) / 10_000)
    shown = terminal()
    assert len(list(track(range(3000), "Reading", shown))) == 3000
    assert 2 < shown.written.count("Reading") < 5


# A training.


def train(run, steps):
    for _ in range(steps):
        run.add(0.5, {}, 0.02)


@pytest.fixture
def watched(terminal, monkeypatch):
    shown = terminal(100)
    monkeypatch.setattr("sys.stderr", shown)
    runs = [Run("RNN", 10), Run("LSTM", 10)]
    return shown, runs, TerminalDisplay(runs, "Adding problem")


def test_trainings_one_after_the_other_leave_a_line_each(watched):
    shown, (rnn, lstm), screen = watched
    train(rnn, 5)
    screen.show()
    assert "step  5 of 10" in shown.lines[0]
    train(rnn, 5)
    train(lstm, 3)
    screen.show()
    assert ["step 10 of 10" in shown.lines[0], "step  3 of 10" in shown.lines[1]] == [True, True]
    lstm.stopped = True
    screen.close()
    first, second, rest = shown.lines
    assert first.startswith("RNN  [####################]  step 10 of 10")
    assert first.endswith("done in 0.2 s")
    assert second.startswith("LSTM  [######..............]  step  3 of 10")
    assert second.endswith("stopped after 0.1 s")
    assert rest == ""


def test_trainings_in_turns_share_the_line_until_they_end(watched):
    shown, runs, screen = watched
    for _ in range(9):
        for run in runs:
            train(run, 1)
        screen.show()
        assert len(shown.lines) == 1
    for run in runs:
        train(run, 1)
    screen.close()
    assert [line.split()[0] for line in shown.lines[:-1]] == ["RNN", "LSTM"]
    assert all("step 10 of 10" in line for line in shown.lines[:-1])


def test_a_training_that_goes_on_after_its_end_is_shown_as_it_is(watched):
    shown, (rnn, lstm), screen = watched
    train(rnn, 10)
    screen.show()
    train(rnn, 2)
    screen.show()
    rnn.stopped = lstm.stopped = True
    screen.close()
    assert [" ".join(line.split("]")[1].split()[:4]) for line in shown.lines[:-1]] == [
        "step 10 of 10",
        "step 12 of 20",
        "step 0 of 10",
    ]
