"""How well does lesson 05's network learn names, with and without the road through time? For docs/training.md.

``--write`` also trains the network that lessons 00 and 05 open with, and what it writes on the way.
"""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import mean

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["NBGRADER_EXECUTION"] = "no widgets, and no training but the ones below"

import numpy as np

from bptt import data, own

ROOT = Path(__file__).parents[2]
DATA = ROOT / "helpers" / "bptt" / "data"
KINDS = ("names", "stuttered names")
ROADS = ("both roads", "loss path alone")
SHOWN_STEPS = (0, 100, 2000)
N_SHOWN = 6


def lesson():
    """Return what lesson 05 defines, with the functions of the lessons before it in place of exact ones."""
    defined = own.load_definitions(sorted((ROOT / "solutions").glob("*.py")))
    return defined | {"names": data.dinosaurs()}


def train(functions, learned, steps, seed, *, sequence_backward=None, at=()):  # noqa: PLR0913
    """Train as ``learn_names`` does; return the parameters, and copies of them after some steps."""
    training, rng, copies = functions["Training"](functions["new_network"](32, seed)), np.random.default_rng(2), {}
    for step in range(steps + 1):
        if step in at:
            copies[step] = dict(training.parameters)
        batch = [learned[j] for j in rng.choice(len(learned), 32, replace=False)]
        given = functions["next_letter_targets"](*data.as_letters(batch))
        if step < steps:
            training.step(
                functions["letter_gradients"](training.parameters, **given, sequence_backward=sequence_backward)
            )
    return training.parameters, copies


def measure(job):
    """Train once; return the perplexities on names that were learned and on others."""
    kind, road, seed = job
    functions = lesson()
    functions["letter_gradients"].__globals__.update(functions)
    names = functions["names"]
    learned, test = names.train, names.test
    if kind == KINDS[1]:
        learned, test = ([functions["stutter"](name) for name in some] for some in (learned, test))
    backward = functions["without_time_path"] if road == ROADS[1] else None
    parameters, _ = train(functions, learned, 1500, seed, sequence_backward=backward)
    return job, [functions["perplexity"](parameters, some) for some in (learned, test)]


def write():
    """Train the network that the lessons open with, and keep it, and names from before, early and late."""
    functions = lesson()
    functions["letter_gradients"].__globals__.update(functions)
    parameters, copies = train(functions, functions["names"].train, SHOWN_STEPS[-1], 1, at=SHOWN_STEPS)
    kept = {name: [[float(f"{w:.4g}") for w in row] for row in W] for name, W in parameters.items()}
    lines = ",\n".join(f'"{name}": {json.dumps(W)}' for name, W in kept.items())
    (DATA / "letter_model.json").write_text(f"{{{lines}}}\n", encoding="utf-8")
    model, sample = functions["LetterModel"], functions["sample_name"]
    shown = [
        {
            "steps": step,
            "names": [data.as_name(sample(model(**copy), 0.7, seed, 20)) for seed in range(N_SHOWN)],
        }
        for step, copy in copies.items()
    ]
    path = DATA / "trained_networks.json"
    others = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(others | {"names": shown}, indent=1) + "\n", encoding="utf-8")
    print(*shown, sep="\n")


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="train and keep the network that lessons open with")
    parser.add_argument("--seeds", type=int, default=5, help="how many networks for each row (default: 5)")
    arguments = parser.parse_args()
    if arguments.write:
        write()
        return
    jobs = [(kind, road, seed) for kind in KINDS for road in ROADS for seed in range(1, arguments.seeds + 1)]
    with ProcessPoolExecutor(2) as pool:
        found = dict(pool.map(measure, jobs))
    print("| trained on | gradient | on its own names | on new names, mean and range |\n|---|---|---:|---|")
    for kind in KINDS:
        for road in ROADS:
            own_names, new = zip(*(found[kind, road, seed] for seed in range(1, arguments.seeds + 1)), strict=True)
            print(f"| {kind} | {road} | {mean(own_names):.2f} | {mean(new):.2f} ({min(new):.2f} to {max(new):.2f}) |")


if __name__ == "__main__":
    main()
