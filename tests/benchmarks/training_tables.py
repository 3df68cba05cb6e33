"""The three tables of docs/training.md."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from itertools import islice

import numpy as np
from backward import digits, ratio, take_turns
from rich.console import Console
from rich.progress import track
from rich.table import Table
from training_candidates import (
    ROUNDING,
    Ours,
    Theirs,
    accuracy,
    adding_batches,
    adding_gradients,
    agree,
    counted,
    lesson,
    review_batches,
    review_gradients,
    torch,
)

from bptt.data import Reviews, vocabulary
from bptt.types import Parameters

READING, READ_AT_ONCE = {"n_x": 32, "n_a": 32}, 32
READING_PACE = {"learning_rate": 0.002, "max_norm": 5.0}
ADDING_UNITS, ADDING_AT_ONCE = 32, 64
ADDING_PACE = {"learning_rate": 0.01, "max_norm": 1.0}
ADDING_STEPS = {20: 400, 50: 600, 100: 1000}
"""Steps of training, by T_x."""
SOLVED, RECENT = 0.01, 20
"""The adding problem counts as solved when the mean loss of so many steps is below this."""
NEW = 2000
"""So many new sequences are the test."""


def one_step(reviews: Reviews, rounds: int, patience: int, console: Console) -> Table:
    """Time one step of training: forward, backward, clipping and Adam."""
    numbers = vocabulary(reviews.train.texts)
    batches = list(review_batches(np.random.default_rng(1), reviews.train, numbers, READ_AT_ONCE))
    usual = sorted(batches, key=lambda batch: batch[0].shape[1])[len(batches) // 2]
    long = next(adding_batches(1, ADDING_AT_ONCE, max(ADDING_STEPS)))
    tasks = {
        "adding": (lesson()["new_network"]("LSTM", ADDING_UNITS), adding_gradients, long, ADDING_PACE),
        "reviews": (lesson()["new_reader"](len(numbers) + 2, **READING), review_gradients, usual, READING_PACE),
    }
    rows = []
    for task, (parameters, gradients_of, batch, pace) in tasks.items():
        if torch:
            agree(parameters, gradients_of, batch)
        made = networks(parameters, gradients_of, pace)
        steps = {name: partial(network.step, batch) for name, network in made.items()}
        times, disturbed = take_turns(steps, rounds, patience, console)
        n_a = parameters["Wy"].shape[1]
        sizes = (parameters["Wf"].shape[1] - n_a, n_a, len(batch[1]), batch[0].shape[-1])
        ratios = [digits(ratio(times, other, "lesson")) for other in times if other != "lesson"]
        medians = [digits(statistics.median(each)) for each in times.values()]
        rows.append((task, ", ".join(map(str, sizes)), *medians, *ratios, str(disturbed)))
    others = [name for name in times if name != "lesson"]
    heads = ("", "n_x, n_a, m, T_x", *times, *(f"{name}\n/ lesson" for name in others), "disturbed")
    return table(f"One step of training, in milliseconds: medians of {rounds} rounds", heads, rows)


def reading(reviews: Reviews, epochs: int, seeds: int, console: Console) -> Table:
    """Train on the reviews, and say how many of the others are judged right."""
    numbers = vocabulary(reviews.train.texts)
    right: dict[str, list[list[float]]] = {}
    seconds: dict[str, list[float]] = {}
    for seed in range(1, seeds + 1):
        parameters = lesson()["new_reader"](len(numbers) + 2, **READING, seed=seed)
        for name, network in networks(parameters, review_gradients, READING_PACE).items():
            rng, found, spent = np.random.default_rng(seed), [], 0.0
            for _ in track(range(epochs), f"Reviews, {name}, seed {seed}", console=console, transient=True):
                start = time.perf_counter()
                for batch in review_batches(rng, reviews.train, numbers, READ_AT_ONCE):
                    network.step(batch)
                spent += time.perf_counter() - start
                found.append(accuracy(network, reviews.test, numbers))
            right.setdefault(name, []).append(found)
            seconds.setdefault(name, []).append(spent)
    rows = [
        (name, *map(percent, zip(*found, strict=True)), digits(statistics.mean(seconds[name])))
        for name, found in right.items()
    ]
    if find_spec("sklearn"):
        share, spent = counted(reviews)
        rows.append(("counts of words", *[""] * (epochs - 1), percent([share]), digits(spent)))
    title = (
        f"Right verdicts on {len(reviews.test.texts)} new reviews, after each epoch: mean of {seeds} seeds and range"
    )
    return table(title, ("", *map(str, range(1, epochs + 1)), "seconds"), rows)


def adding(seeds: int, console: Console) -> Table:
    """Train on the adding problem, and say how far off both networks are in the end."""
    rows = []
    for T_x, steps in ADDING_STEPS.items():
        test = next(adding_batches(0, NEW, T_x))
        for kind in ("RNN", "LSTM"):
            gradients_of = partial(adding_gradients, kind=kind)
            ends, solved, spent = [], [], []
            for seed in range(1, seeds + 1):
                network = Ours(lesson()["new_network"](kind, ADDING_UNITS, seed=seed), gradients_of, **ADDING_PACE)
                batches = islice(adding_batches(seed, ADDING_AT_ONCE, T_x), steps)
                label = f"Adding problem, T_x = {T_x}, {kind}, seed {seed}"
                start = time.perf_counter()
                losses = [
                    network.step(batch) for batch in track(batches, label, steps, console=console, transient=True)
                ]
                spent.append(time.perf_counter() - start)
                recent = np.convolve(losses, np.full(RECENT, 1 / RECENT), mode="valid") < SOLVED
                solved.append(str(RECENT + int(recent.argmax())) if recent.any() else "never")
                ends.append(f"{gradients_of(network.parameters, test)[0]:.4f}")
            row = (T_x, kind, steps, ", ".join(ends), ", ".join(solved), digits(statistics.mean(spent)))
            rows.append(tuple(map(str, row)))
    heads = ("T_x", "network", "steps", "error", f"below {SOLVED} after", "seconds")
    return table(f"Adding problem: mean squared error on {NEW} new sequences, of {seeds} seeds", heads, rows)


def networks(parameters: Parameters, gradients_of: Callable, pace: dict[str, float]) -> dict[str, Ours | Theirs]:
    """Make the lesson's network, and PyTorch's where it is installed, all from the same parameters."""
    twins = {f"PyTorch {kind}": Theirs(parameters, kind, **pace) for kind in ROUNDING} if torch else {}
    return {"lesson": Ours(parameters, gradients_of, **pace), **twins}


def percent(shares: list[float]) -> str:
    """Write the mean of some shares, and how far they are apart."""
    mean = f"{100 * statistics.mean(shares):.1f} %"
    return f"{mean}\n({100 * min(shares):.1f} to {100 * max(shares):.1f})" if len(shares) > 1 else mean


def table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    """Lay out rows of text."""
    made = Table(title=title, show_lines=True)
    for head in heads:
        made.add_column(head, justify="right")
    for row in rows:
        made.add_row(*row)
    return made
