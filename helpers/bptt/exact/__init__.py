r"""Exact gradients by the complex step, from a forward pass alone.

For a real-analytic :math:`f`, :math:`f(x + ih) = f(x) + ih f'(x) + O(h^2)`, so :math:`\mathrm{Im}\, f(x + ih) / h` is
:math:`f'(x)`. Nothing is subtracted, so nothing cancels, and with :math:`h = 10^{-30}` the neglected terms are far
below rounding: the result is exact to the last digits. There is no backward formula in this package, and it is no model
for one: its cost grows with the number of entries, while a backward pass costs about as much as the forward pass.

References
----------
W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40(1), 1998.
J. R. R. A. Martins, P. Sturdza and J. J. Alonso, "The complex-step derivative approximation", ACM TOMS 29(3), 2003.
"""

from bptt.exact.complex_step import ReferenceUsedError, allow_exact, forbid_exact, gradients, jacobians
from bptt.exact.graphs import (
    fan_out,
    numerical_gradient,
    sigmoid_backward,
    tanh_backward,
    two_layer_backward,
    weighted_input_backward,
)
from bptt.exact.letters import letter_gradients
from bptt.exact.lstm import (
    lstm_backward,
    lstm_cell_backward,
    lstm_cell_dc,
    lstm_cell_dz,
    lstm_cell_gates_backward,
    lstm_cell_inputs_backward,
    lstm_cell_parameters_backward,
)
from bptt.exact.rnn import (
    output_backward,
    rnn_backward,
    rnn_backward_truncated,
    rnn_cell_backward,
    rnn_cell_dz,
    rnn_cell_inputs_backward,
    rnn_cell_parameters_backward,
)
from bptt.exact.training import embedding_backward, many_to_one_upstream

__all__ = [
    "ReferenceUsedError",
    "allow_exact",
    "embedding_backward",
    "fan_out",
    "forbid_exact",
    "gradients",
    "jacobians",
    "letter_gradients",
    "lstm_backward",
    "lstm_cell_backward",
    "lstm_cell_dc",
    "lstm_cell_dz",
    "lstm_cell_gates_backward",
    "lstm_cell_inputs_backward",
    "lstm_cell_parameters_backward",
    "many_to_one_upstream",
    "numerical_gradient",
    "output_backward",
    "rnn_backward",
    "rnn_backward_truncated",
    "rnn_cell_backward",
    "rnn_cell_dz",
    "rnn_cell_inputs_backward",
    "rnn_cell_parameters_backward",
    "sigmoid_backward",
    "tanh_backward",
    "two_layer_backward",
    "weighted_input_backward",
]
