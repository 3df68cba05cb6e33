"""Gradient check of a whole model along random directions."""

from collections.abc import Callable, Mapping

import numpy as np

from bptt.check.findings import Finding
from bptt.check.report import Report
from bptt.check.tolerance import TOLERANCE
from bptt.exact.complex_step import STEP
from bptt.types import Array, Gradients, Parameters


def whole_model(
    loss: Callable[[Parameters], complex], parameters: Parameters, gradients: Mapping[str, Array], seed: int = 1
) -> Report:
    r"""Compare the gradients of a model with directional derivatives of its loss, one for each parameter.

    .. math::

        \langle dW, V \rangle = \frac{\mathrm{d}}{\mathrm{d}h} L(W + h V)

    for a random :math:`V` of the shape of :math:`W`; the right side is exact, by the complex step, and costs one
    forward pass. A gradient that is wrong anywhere is wrong along nearly every direction.

    Parameters
    ----------
    loss : callable
        From parameters to one number; forward only. It must be made of operations that keep complex numbers.
    parameters : dict of ndarray
        Where to compare; float64, whatever the training uses.
    gradients : dict of ndarray
        ``"d" + name`` for each parameter; other entries are ignored.
    seed : int
        Another seed gives other directions.

    Returns
    -------
    Report
        Which gradients are right; the differences are among its notes.

    Raises
    ------
    TypeError
        When the loss does not keep complex numbers.
    """
    rng = np.random.default_rng(seed)
    findings, differences = [], {}
    for name, value in parameters.items():
        direction = rng.standard_normal(value.shape)
        slope = _directional_derivative(loss, parameters, name, direction)
        problem, difference = _problem_and_difference(f"d{name}", gradients.get(f"d{name}"), direction, slope)
        differences[f"d{name}"] = difference
        if problem:
            findings.append(Finding("value", f"d{name}", problem))
    notes = () if findings else (_largest_difference_note(differences),)
    return Report("whole_model", tuple(differences), tuple(findings), notes=notes)


def _directional_derivative(
    loss: Callable[[Parameters], complex], parameters: Parameters, name: str, direction: Array
) -> float:
    nudged = loss({**parameters, name: parameters[name] + 1j * STEP * direction})
    if not np.iscomplexobj(nudged):
        raise TypeError(
            "The loss has lost the imaginary part that gives its slope: it must keep complex numbers, so use neither "
            "abs nor max nor a real copy of a parameter in it."
        )
    return float(np.imag(nudged)) / STEP


def _problem_and_difference(name: str, gradient: Array | None, direction: Array, slope: float) -> tuple[str, float]:
    if gradient is None:
        return f"There is no {name} among the gradients.", np.inf
    if gradient.shape != direction.shape:
        return f"{name} has shape {gradient.shape}; it belongs to something of shape {direction.shape}.", np.inf
    claimed = float((gradient * direction).sum())
    scale = max(float(np.linalg.norm(gradient)), abs(slope)) or 1.0
    difference = abs(claimed - slope) / scale
    if difference <= TOLERANCE:
        return "", difference
    return (
        f"Along a random direction the loss changes by {slope:.6g} for each unit, and {name} says {claimed:.6g}.",
        difference,
    )


def _largest_difference_note(differences: Gradients | dict[str, float]) -> str:
    worst = max(differences, key=lambda name: differences[name])
    return (
        f"Each was compared with the loss itself along a random direction. The largest relative difference is "
        f"{differences[worst]:.0e}, in {worst}."
    )
