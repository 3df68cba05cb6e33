"""Names that notebooks use stay: learners have notebooks of earlier terms, and install the newest package."""

import ast
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*/*.ipynb"))
NAMES = {
    "activations": "sigmoid softmax",
    "check": "CheckFailed EXERCISES hint adam_step against_torch clip_gradients dream_input embedding_backward fan_out "
    "lstm_backward lstm_backward_fused lstm_cell_backward lstm_cell_dc lstm_cell_dz lstm_cell_gates_backward "
    "letter_gradients next_letter_targets sample_name "
    "lstm_cell_inputs_backward lstm_cell_parameters_backward many_to_one_upstream numerical_gradient output_backward "
    "relative_error rnn_backward rnn_backward_per_loss rnn_backward_truncated rnn_cell_backward rnn_cell_dz "
    "rnn_cell_inputs_backward rnn_cell_parameters_backward sigmoid_backward tanh_backward two_layer_backward "
    "weighted_input_backward whole_model",
    "data": "N_LETTERS adding_problem as_letters as_name batches dinosaurs imdb pad reviews tokenise vocabulary",
    "exact": "lstm_backward lstm_cell_backward rnn_backward rnn_cell_backward",
    "graphs": "fan_out_forward two_layer_forward",
    "influence": "influence memory_paths time_path",
    "inputs": "lstm lstm_cell lstm_parameters rnn rnn_cell rnn_parameters two_layer weighted_input",
    "letter_model": "LetterModel letter_forward one_hot trained_letters",
    "lstm": "lstm_cell_forward lstm_forward",
    "own": "function",
    "rnn": "rnn_cell_forward rnn_forward",
    "states": "lstm_states rnn_states",
    "viz": "bias_columns cell_graph compare computation_graph error_curve gate_layout highway influence_map "
    "memory_roads nudge product_shapes saliency small_graph tanh_slope timings trained_networks tree_or_graph "
    "two_roads unrolled",
    "widgets": "cell_walk dream gate_highway influence_map next_letters nudge small_walk training_panel tree_or_graph "
    "two_roads",
}
"""Of each module, what released notebooks call, and what lessons say that learners may."""


def used(notebook):
    """List the names of the course's package in a notebook's code, by module."""
    found, modules = defaultdict(set), {}
    for cell in notebook.cells:
        code = "\n".join(line for line in cell.source.splitlines() if not line.startswith("%"))
        for node in ast.walk(ast.parse(code)) if cell.cell_type == "code" else ():
            match node:
                case ast.ImportFrom(module="bptt", names=names):
                    modules |= {name.asname or name.name: name.name for name in names}
                case ast.ImportFrom(module=str(module), names=names) if module.startswith("bptt."):
                    found[module.removeprefix("bptt.")] |= {name.name for name in names}
                case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in modules:
                    found[modules[name]].add(attribute)
    return found


@pytest.mark.parametrize("module", NAMES)
def test_each_name_is_there(module):
    loaded = import_module(f"bptt.{module}")
    assert not [name for name in NAMES[module].split() if not hasattr(loaded, name)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_use_no_others(path):
    names = used(nbformat.read(path, as_version=4))
    assert names["check"], "a lesson without a check is not read right"
    assert not {f"{module}.{name}" for module, found in names.items() for name in found - set(NAMES[module].split())}
