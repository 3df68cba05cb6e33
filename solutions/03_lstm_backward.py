# %% [markdown]
# # Lesson 3: the LSTM, backward
#
# Two networks with random weights, of the same size, on the same kind of inputs: the RNN of lesson 2, and a *long
# short-term memory*, LSTM. Run the cell. In each map, follow a row from the diagonal to the left, back in time. (Orange
# is as much gradient as at the loss's own step, the palest is a ten-thousandth and less. One setting of the LSTM was
# chosen for this; in section 8 you turn it.)

# %%
import time

import numpy as np

from bptt import check, inputs, lstm, rnn, viz, widgets
from bptt.influence import influence, memory_paths

of_rnn = influence(*inputs.rnn(n_a=16, m=1, T_x=24))
da, caches = inputs.lstm(n_a=16, m=1, T_x=24)
remembering = {**caches.steps[0].parameters, "bf": np.full((16, 1), 3.0)}
*_, caches = lstm.lstm_forward(caches.x, np.zeros((16, 1)), remembering)
viz.influence_map(of_rnn, label="RNN", other=influence(da, caches), other_label="LSTM")

# %% [markdown]
# The RNN's late losses do not reach the first states: at every step the gradient is multiplied by $W_{aa}^\top$ and by
# slopes of tanh, and shrinks. Such an RNN hardly learns what the beginning of a sequence has to do with its end. **What
# does the LSTM multiply by instead?**
#
# In this lesson you find out and write its backward pass, first one cell in five short functions, then the sequence.
# You need no new rule: only the sum, the product and two slopes.
#
# **You need:** lessons 1 and 2, and from lesson 0 the product and the slope of the sigmoid. **Time:** about 105
# minutes, without sections 10 and 11, which are extras. **Points:** 22, of which 18 are given by the checks and 4 for
# two written answers.

# %% [markdown]
# ## 1 A memory beside the state
#
# An RNN hands on its state $a$, and rewrites all of it at every step. An LSTM hands on a **memory** $c$ as well: at each step
# it keeps a part of the old memory and adds something new, the **candidate** $\tilde c$.
#
# How much it keeps, adds and shows is decided by three **gates**: arrays of numbers between 0 (shut) and 1 (open). A gate
# multiplies: 0.9 lets nine tenths pass. They are called forget, update and output gate; the update gate has the letter $i$,
# because it is also called the *input gate*. A gate is computed like the state of lesson 1, from the old state and the input,
# with a sigmoid at the end.
#
# Put $a^{\langle t-1 \rangle}$ on top of $x^{\langle t \rangle}$ and call the tall array
# $[a^{\langle t-1 \rangle}; x^{\langle t \rangle}]$. Then each gate has one matrix and one bias, and so has the candidate
# ($W_c$ and $b_c$: the memory itself has no weights):
#
# $$
# \begin{aligned}
# z_f &= W_f\,[a^{\langle t-1 \rangle}; x^{\langle t \rangle}] + b_f, & f &= \sigma(z_f) && \text{forget gate: what part of the old memory stays} \\
# z_i &= W_i\,[a^{\langle t-1 \rangle}; x^{\langle t \rangle}] + b_i, & i &= \sigma(z_i) && \text{update gate: how much of the new is written} \\
# z_c &= W_c\,[a^{\langle t-1 \rangle}; x^{\langle t \rangle}] + b_c, & \tilde c &= \tanh(z_c) && \text{candidate: what would be written} \\
# z_o &= W_o\,[a^{\langle t-1 \rangle}; x^{\langle t \rangle}] + b_o, & o &= \sigma(z_o) && \text{output gate: how much is shown}
# \end{aligned}
# $$
#
# With these four, the memory and the state are made ($\odot$ multiplies entry by entry):
#
# $$c^{\langle t \rangle} = f \odot c^{\langle t-1 \rangle} + i \odot \tilde c
# \qquad\qquad a^{\langle t \rangle} = o \odot \tanh(c^{\langle t \rangle})$$
#
# **Small numbers**, for one unit and one example:

# %% tags=["skip-execution"]
c_prev_small, ft_small, it_small, cct_small, ot_small = 2.0, 0.9, 0.5, -1.0, 0.6

c_next_small = ft_small * c_prev_small + it_small * cct_small
a_next_small = ot_small * np.tanh(c_next_small)
print(f"c_next = 0.9 * 2 + 0.5 * (-1) = {c_next_small:.4f}")
print(f"a_next = 0.6 * tanh({c_next_small:.1f})     = {a_next_small:.4f}")

# %% [markdown]
# In the code the gates are called `ft`, `it`, `ot`, and the candidate $\tilde c$ is `cct`. These are the arrays and their
# shapes:
#
# | array | shape | what it is |
# |---|---|---|
# | `xt` | $(n_x, m)$ | input at this step |
# | `a_prev`, `a_next` | $(n_a, m)$ | state before and after this step |
# | `c_prev`, `c_next` | $(n_a, m)$ | memory before and after this step |
# | `ft`, `it`, `cct`, `ot` | $(n_a, m)$ | gates and candidate, **after** sigmoid or tanh |
# | `Wf`, `Wi`, `Wc`, `Wo` | $(n_a, n_a + n_x)$ | weights; the first $n_a$ columns belong to `a_prev`, the others to `xt` |
# | `bf`, `bi`, `bc`, `bo` | $(n_a, 1)$ | biases |
#
# As in lesson 1, `inputs.lstm_cell` runs the forward pass on random inputs and gives us the cache. But now **two**
# gradients arrive from the future. (`Wy` and `by` make the prediction.)

# %%
da_next, dc_next, cache = inputs.lstm_cell(seed=1, n_x=3, n_a=4, n_y=2, m=5)

print("fields of the cache:", ", ".join(cache._fields))
print("parameters:         ", ", ".join(f"{name} {array.shape}" for name, array in cache.parameters.items()))

# %% [markdown]
# Here is the cell as a graph. The memory is the straight road at the top. Between `c_prev` and `c_next` it has one
# product and one sum, and no matrix at all.

# %% tags=["skip-execution"]
viz.cell_graph(cache)

# %% [markdown]
# ## 2 Two roads into the memory
#
# Look at `c_next` in the picture. It is used **twice**: it goes on to the next step, and this step shows it, through tanh
# and the output gate, as `a_next`. So two gradients come back to it, and they are added.
#
# The first is given: `dc_next`, which the *next* cell has returned. The second has to be computed. What arrives at `a_next`
# is `da_next`, and between `a_next` and the memory stand the product with the output gate, and tanh.
#
# **Small numbers**, those of section 1. Suppose that `da_next` is 2 and `dc_next` is 0.5.

# %% tags=["skip-execution"]
da_next_small, dc_next_small = 2.0, 0.5

nudge = 1e-6
a_nudged = ot_small * np.tanh(c_next_small + nudge)
through_a_next = da_next_small * (a_nudged - a_next_small) / nudge
print(f"through a_next, by nudging: {through_a_next:.4f}")
print(f"from the next step:         {dc_next_small:.4f}")
print(f"together:                   {through_a_next + dc_next_small:.4f}")

# %% [markdown]
# We call the sum of both `dc`. Mind the slope of tanh. In lesson 1 you had the *output* of tanh in the cache. Here
# the cache has `c_next`, which went **into** tanh.
#
# In a sequence, the two roads meet at every step. Black comes down from the state of that step, green from the memory
# of the next one. (`memory_paths` computes both, exactly.) On its way from cell to cell the green number changes, 1.78
# becomes 0.88: section 5 says by which factor.

# %% tags=["skip-execution"]
few_da, few_caches = inputs.lstm(seed=32, n_x=2, n_a=1, n_y=2, m=1, T_x=4)

viz.memory_roads(*memory_paths(few_da, few_caches))

# %% [markdown]
# ### Exercise 1: `lstm_cell_dc` (about 3 lines)


# %% nbgrader={"grade": false, "grade_id": "lstm_cell_dc", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_cell_dc(da_next, dc_next, cache):
    """Collect what comes back to the memory.

    da_next: gradient of the loss with respect to a_next, (n_a, m)
    dc_next: gradient of the loss with respect to c_next along the memory, from the next cell, (n_a, m)
    cache:   LSTMCellCache with a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters
    returns: dc, the whole gradient of the loss with respect to c_next, (n_a, m)
    """
    ### BEGIN SOLUTION
    slope = 1 - np.tanh(cache.c_next) ** 2
    return dc_next + da_next * cache.ot * slope
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-dc", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_dc(lstm_cell_dc)
### BEGIN HIDDEN TESTS
check.lstm_cell_dc(lstm_cell_dc, seed=9301)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Back through the gates
#
# `dc` is complete now, and goes back to everything that the memory was made of. (Many texts do not compute `dc` first: their
# formulas for $f$, $i$ and $\tilde c$ repeat the whole sum. Put `dc` in the place of their `dc_next`, and what comes through
# `a_next` is counted twice.)
#
# $$c^{\langle t \rangle} = f \odot c^{\langle t-1 \rangle} + i \odot \tilde c$$
#
# The sum in the middle passes `dc` on to both of its terms unchanged. Each term is a product, and a product *swaps*, as in
# lesson 0: what arrives at one factor is `dc` times the **other** factor.
#
# That is the gradient of a gate *after* its sigmoid. The weights need the one *before*, at $z_f$. So one more factor: the
# slope of the activation, written with the output, which is in the cache. For the sigmoid with output $g$ it is
# $g\,(1 - g)$, for tanh $1 - g^2$.
#
# **Small numbers.** Let `dc` be 1.5. Nudge $z_f$, the forget gate before its sigmoid.

# %% tags=["skip-execution"]
dc_small = 1.5
z_f = np.log(ft_small / (1 - ft_small))

c_nudged = c_prev_small / (1 + np.exp(-(z_f + nudge))) + it_small * cct_small
by_nudging = dc_small * (c_nudged - c_next_small) / nudge
print(f"gradient after the sigmoid, dc times the partner:  1.5 * 2 = {dc_small * c_prev_small:.4f}")
print(f"gradient before the sigmoid, by nudging:           {by_nudging:.4f}")
print(f"the second is smaller by the factor:               {by_nudging / (dc_small * c_prev_small):.4f}")

# %% [markdown]
# The factor is the slope of the sigmoid at an output of 0.9. Does it fit $g\,(1 - g)$?
#
# The output gate is different. The memory is not made with it; it is one factor of $a^{\langle t \rangle} = o \odot
# \tanh(c^{\langle t \rangle})$, the product at the right of the graph in section 1. What arrives there is `da_next`, and its
# partner is what tanh gave.
#
# ### Exercise 2: `lstm_cell_gates_backward` (about 6 lines)
#
# We call the four gradients before the activations `dzf`, `dzi`, `dzc`, `dzo`. (Many texts write `dft`, `dit`,
# `dcct`, `dot` for these very arrays, as if they were taken after the activation. If your numbers differ from those
# of a friend by a factor like $g\,(1 - g)$, this is why.)


# %% nbgrader={"grade": false, "grade_id": "lstm_cell_gates_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_cell_gates_backward(da_next, dc, cache):
    """Send the gradient back to the gates, before their activations.

    da_next: gradient of the loss with respect to a_next, (n_a, m)
    dc:      whole gradient of the loss with respect to c_next, (n_a, m)
    cache:   LSTMCellCache
    returns: a dict with "dzf", "dzi", "dzc" and "dzo", each (n_a, m)
    """
    ft, it, cct, ot = cache.ft, cache.it, cache.cct, cache.ot
    ### BEGIN SOLUTION
    dzf = dc * cache.c_prev * ft * (1 - ft)
    dzi = dc * cct * it * (1 - it)
    dzc = dc * it * (1 - cct**2)
    dzo = da_next * np.tanh(cache.c_next) * ot * (1 - ot)
    return {"dzf": dzf, "dzi": dzi, "dzc": dzc, "dzo": dzo}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-dzf-dzi", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_gates_backward(lstm_cell_gates_backward, only=["dzf", "dzi"])
### BEGIN HIDDEN TESTS
check.lstm_cell_gates_backward(lstm_cell_gates_backward, only=["dzf", "dzi"], seed=9302)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dzc", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_gates_backward(lstm_cell_gates_backward, only=["dzc"])
### BEGIN HIDDEN TESTS
check.lstm_cell_gates_backward(lstm_cell_gates_backward, only=["dzc"], seed=9302)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dzo", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_gates_backward(lstm_cell_gates_backward, only=["dzo"])
### BEGIN HIDDEN TESTS
check.lstm_cell_gates_backward(lstm_cell_gates_backward, only=["dzo"], seed=9302)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Back to what is learned
#
# Before its activation each gate is a weighted input, $z_f = W_f\,[a^{\langle t-1 \rangle}; x^{\langle t \rangle}] + b_f$: the same node as
# in lessons 0 and 1, with the tall array in the place of the input. One gate has $dz_f$ $(n_a, m)$ and the tall array
# $(n_a + n_x, m)$, and wants $dW_f$ $(n_a, n_a + n_x)$: which of the two has to be transposed? The bias was copied to all $m$
# examples, so it collects what comes back from all of them.
#
# The tall array is not in the cache, but its parts are. `np.concatenate` puts them on top of each other; the state comes first.

# %% tags=["skip-execution"]
both = np.concatenate([cache.a_prev, cache.xt])
print("a_prev:", cache.a_prev.shape, "  xt:", cache.xt.shape, "  both:", both.shape)

# %% [markdown]
# ### Exercise 3: `lstm_cell_parameters_backward` (about 3 lines)
#
# Four times the same two lines, so write them once, in a loop over `dz.items()`. The keys are `"dW" + gate` and
# `"db" + gate`; each gradient has the shape of what it belongs to.


# %% nbgrader={"grade": false, "grade_id": "lstm_cell_parameters_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_cell_parameters_backward(dzf, dzi, dzc, dzo, cache):
    """Send the gradient on to the weights and the biases.

    dzf, dzi, dzc, dzo: gradients of the gates before their activations, (n_a, m)
    cache:   LSTMCellCache
    returns: a dict with "dWf", "dWi", "dWc", "dWo" (n_a, n_a + n_x) and "dbf", "dbi", "dbc", "dbo" (n_a, 1)
    """
    both = np.concatenate([cache.a_prev, cache.xt])
    dz = {"f": dzf, "i": dzi, "c": dzc, "o": dzo}
    gradients = {}
    ### BEGIN SOLUTION
    for gate, dz_gate in dz.items():
        gradients["dW" + gate] = dz_gate @ both.T
        gradients["db" + gate] = dz_gate.sum(axis=1, keepdims=True)
    ### END SOLUTION
    return gradients


# %% nbgrader={"grade": true, "grade_id": "check-dWf-dWi-dWc-dWo", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_parameters_backward(lstm_cell_parameters_backward, only=["dWf", "dWi", "dWc", "dWo"])
### BEGIN HIDDEN TESTS
check.lstm_cell_parameters_backward(lstm_cell_parameters_backward, only=["dWf", "dWi", "dWc", "dWo"], seed=9303)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dbf-dbi-dbc-dbo", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_parameters_backward(lstm_cell_parameters_backward, only=["dbf", "dbi", "dbc", "dbo"])
### BEGIN HIDDEN TESTS
check.lstm_cell_parameters_backward(lstm_cell_parameters_backward, only=["dbf", "dbi", "dbc", "dbo"], seed=9303)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Back to what flowed in
#
# Three arrays flowed in: the old memory, the old state, the input.
#
# **The old memory** is a factor in one product, $f \odot c^{\langle t-1 \rangle}$, and that is all. What is its partner?
# (Here is the answer to the question of the first screen. Section 8 measures it.)
#
# **The old state and the input** entered all four gates, so four gradients are added. That of one gate is the transposed
# matrix times its `dz`, as in lesson 1. It is a tall array again, $(n_a + n_x, m)$: the first $n_a$ rows are for the state, the
# others for the input.
#
# **Small numbers**, for the forget gate alone: one unit, two inputs, one example, and `dzf` is 10.

# %% tags=["skip-execution"]
Wf_small = np.array([[0.5, 2.0, -1.0]])
share_of_forget_gate = Wf_small.T * 10.0
print("for a_prev:", share_of_forget_gate[:1].ravel(), "    for xt:", share_of_forget_gate[1:].ravel())

# %% [markdown]
# ### Exercise 4: `lstm_cell_inputs_backward` (about 7 lines)


# %% nbgrader={"grade": false, "grade_id": "lstm_cell_inputs_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_cell_inputs_backward(dc, dzf, dzi, dzc, dzo, cache):
    """Send the gradient on to what flowed into the cell.

    dc:      whole gradient of the loss with respect to c_next, (n_a, m)
    dzf, dzi, dzc, dzo: gradients of the gates before their activations, (n_a, m)
    cache:   LSTMCellCache
    returns: a dict with "dxt" (n_x, m), "da_prev" (n_a, m) and "dc_prev" (n_a, m)
    """
    parameters = cache.parameters
    n_a = len(cache.a_prev)
    ### BEGIN SOLUTION
    d_both = parameters["Wf"].T @ dzf
    d_both += parameters["Wi"].T @ dzi
    d_both += parameters["Wc"].T @ dzc
    d_both += parameters["Wo"].T @ dzo
    dc_prev = dc * cache.ft
    return {"dxt": d_both[n_a:], "da_prev": d_both[:n_a], "dc_prev": dc_prev}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-dxt-da_prev", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_inputs_backward(lstm_cell_inputs_backward, only=["dxt", "da_prev"])
### BEGIN HIDDEN TESTS
check.lstm_cell_inputs_backward(lstm_cell_inputs_backward, only=["dxt", "da_prev"], seed=9304)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dc_prev", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_inputs_backward(lstm_cell_inputs_backward, only=["dc_prev"])
### BEGIN HIDDEN TESTS
check.lstm_cell_inputs_backward(lstm_cell_inputs_backward, only=["dc_prev"], seed=9304)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 The whole cell
#
# The first two functions are called below. Call the other two and return all that they give, in one dict. (With
# `f(**dz, cache=cache)` the entries of `dz` become the arguments `dzf`, `dzi`, `dzc`, `dzo`; `{**one, **other}` makes one dict
# of two.)
#
# ### Exercise 5: `lstm_cell_backward` (about 3 lines)


# %% nbgrader={"grade": false, "grade_id": "lstm_cell_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_cell_backward(da_next, dc_next, cache):
    """Send the gradient back through one LSTM cell.

    da_next: gradient of the loss with respect to a_next, (n_a, m)
    dc_next: gradient of the loss with respect to c_next along the memory, from the next cell, (n_a, m)
    cache:   LSTMCellCache
    returns: a dict with "dxt", "da_prev", "dc_prev", "dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo" and "dbo"
    """
    dc = lstm_cell_dc(da_next, dc_next, cache)
    dz = lstm_cell_gates_backward(da_next, dc, cache)
    ### BEGIN SOLUTION
    inflow = lstm_cell_inputs_backward(dc, **dz, cache=cache)
    learned = lstm_cell_parameters_backward(**dz, cache=cache)
    return {**inflow, **learned}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-lstm_cell_backward", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_backward(lstm_cell_backward)
### BEGIN HIDDEN TESTS
check.lstm_cell_backward(lstm_cell_backward, seed=9305)
### END HIDDEN TESTS

# %% [markdown]
# All right? Then walk back through your own cell. Follow the green road first: from the dot where both roads meet to
# the old memory. (Until exercise 5 is done, you see the exact gradients.)

# %% tags=["skip-execution"]
widgets.cell_walk(lstm_cell_backward, da_next, dc_next, cache)

# %% [markdown]
# ## 7 The sequence: two gradients to carry
#
# The loop is that of lesson 2, with one thing more to carry: an LSTM cell returns `da_prev` **and** `dc_prev` for the step
# before it.
#
# - At the state two gradients meet as before: `da[:, :, t]` from the loss of this step, and the `da_prev` that came from the next cell.
# - At the memory there is no loss. No prediction looks at $c$ directly. What the next cell returned as `dc_prev` is this cell's
#   `dc_next`, and the cell itself adds what comes through its state. That was exercise 1.
# - Beyond the last step there is nothing: both carried gradients start as zeros.
#
# What the first cell returns as `da_prev` is `da0`, as in lesson 2. The memory before the first step is always zero here, so
# its gradient, the last `dc_prev`, is not returned.
#
# **Small numbers.** Two steps, one unit, and gates that are fixed, so that only the memory goes from step to step:
# $c_2 = 0.9\, c_1 + 0.3$. Both states are shown through an output gate of 0.5, and have the losses $L_1 = 2 a_1$ and $L_2 = 3 a_2$.

# %% tags=["skip-execution"]
c_1 = 1.0
c_2 = 0.9 * c_1 + 0.3

dc_second = 3 * 0.5 * (1 - np.tanh(c_2) ** 2)
carried = dc_second * 0.9
dc_first = 2 * 0.5 * (1 - np.tanh(c_1) ** 2) + carried
print(f"the second cell finds dc = {dc_second:.4f} and hands {carried:.4f} to the first")
print(f"the first cell finds  dc = {dc_first:.4f}")


def both_losses(c_1):
    """Return L_1 + L_2 as a function of the first memory."""
    return 2 * 0.5 * np.tanh(c_1) + 3 * 0.5 * np.tanh(0.9 * c_1 + 0.3)


print(f"by nudging c_1:           {(both_losses(c_1 + nudge) - both_losses(c_1)) / nudge:.4f}")

# %% [markdown]
# ### Exercise 6: `lstm_backward` (about 10 lines)


# %% nbgrader={"grade": false, "grade_id": "lstm_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_backward(da, caches):
    """Send the gradient back through the whole sequence.

    da:      gradient that reaches each state from the loss of its own step, (n_a, m, T_x)
    caches:  LSTMCaches with steps (a list of LSTMCellCache) and x
    returns: a dict with "dx" (n_x, m, T_x), "da0" (n_a, m),
             and "dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo"
    """
    n_a, m, T_x = da.shape
    dx = np.zeros_like(caches.x)
    da0 = np.zeros((n_a, m))
    # One array of zeros for each gate's weights and for each gate's bias: learned["dWf"], learned["dbf"], ...
    learned = {}
    for name in ["Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo"]:
        learned["d" + name] = np.zeros_like(caches.steps[0].parameters[name])
    ### BEGIN SOLUTION
    da_prevt = np.zeros((n_a, m))
    dc_prevt = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches.steps[t])
        da_prevt = gradients["da_prev"]
        dc_prevt = gradients["dc_prev"]
        dx[:, :, t] = gradients["dxt"]
        for name in learned:
            learned[name] += gradients[name]
    da0 = da_prevt
    ### END SOLUTION
    return {"dx": dx, "da0": da0, **learned}


# %% nbgrader={"grade": true, "grade_id": "check-dx", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.lstm_backward(lstm_backward, only=["dx"])
### BEGIN HIDDEN TESTS
check.lstm_backward(lstm_backward, only=["dx"], seed=9306)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-da0", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.lstm_backward(lstm_backward, only=["da0"])
### BEGIN HIDDEN TESTS
check.lstm_backward(lstm_backward, only=["da0"], seed=9306)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-parameters", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.lstm_backward(lstm_backward, only=["dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo"])
### BEGIN HIDDEN TESTS
check.lstm_backward(lstm_backward, only=["dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo"], seed=9306)
### END HIDDEN TESTS

# %% [markdown]
# ### What you have just written
#
# This is the backward pass of an LSTM, whole, in about thirty lines of yours. For years, speech recognition and
# translation were trained with it. In lesson 4 your lines train a network that reads film reviews. First look at them
# at work: two gradients travel from cell to cell, orange to the state, green to the memory, and beside them stands what
# **your** function makes of each step. Switch off one of the two: which numbers are still right, and why these?

# %% tags=["skip-execution"]
widgets.two_roads(*inputs.lstm(seed=276, n_x=1, n_a=1, n_y=2, m=1, T_x=4), lstm_backward)

# %% [markdown]
# And this is PyTorch's `loss.backward()`, with the same inputs and weights, where it is installed:

# %% tags=["skip-execution"]
check.against_torch(lstm_backward)

# %% [markdown]
# ## 8 What the forget gate does for the gradient
#
# On the straight road from $c^{\langle t \rangle}$ back to $c^{\langle t-1 \rangle}$ the gradient is multiplied by the
# forget gate, entry by entry, and by nothing else: no matrix, no slope of tanh. After $k$ steps the factor is the
# product of $k$ forget gates:

# %% tags=["skip-execution"]
for f in [0.5, 0.9, 0.99]:
    print(f"forget gate {f:4}:  after 20 steps {f**20:.6f} of the gradient is left")

# %% [markdown]
# Over 20 steps, gates of 0.99 keep most of the gradient, and gates of 0.5 a millionth. The network itself chooses: the
# gates are computed from state and input. In the picture, the width of the road is what is left of a gradient on its
# way back. The gates are 0.97, except at step 8, where the network forgets ($f = 0.2$). At the beginning $0.97^{14}
# \cdot 0.2 = 0.13$ is left.

# %% tags=["skip-execution"]
ft = np.full(16, 0.97)
ft[8] = 0.2

viz.highway(ft)

# %% [markdown]
# Now turn the gates yourself. The cell has one unit: forget gate `f`, update gate `i`, output gate `o`, and one weight
# `w`, by which the old state enters the candidate. So there are two ways from memory to memory: straight on, times `f`,
# and round by the state, times `o`, `w` and `i` (the memory is 0 here, where tanh has the slope 1). They meet at every
# step, so over all roads the factor per step is their sum, `f + o · i · w`: the table below the picture has the
# numbers. What has to be open for the gradient of the last loss to arrive at the beginning, and what does not matter?

# %% tags=["skip-execution"]
widgets.gate_highway(lstm_backward)

# %% [markdown]
# Now the two maps of the first screen again, with sliders: 16 units, random weights, the same inputs, and **your**
# `lstm_backward` in the curves. The RNN has the spectral radius 1, which sounds safe. The LSTM's forget bias is 3, so that its
# forget gates are near $\sigma(3) \approx 0.95$.


# %% tags=["skip-execution"]
def rnn_sequence(radius, T_x=24, n_a=16):
    """Make an RNN's sequence whose Waa has a given spectral radius."""
    rng = np.random.default_rng(3)
    parameters = inputs.rnn_parameters(rng, n_x=3, n_a=n_a, n_y=2)
    parameters["Waa"] *= radius / np.abs(np.linalg.eigvals(parameters["Waa"])).max()
    x = np.random.default_rng(4).standard_normal((3, 1, T_x))
    _, _, caches = rnn.rnn_forward(x, np.zeros((n_a, 1)), parameters)
    return np.random.default_rng(5).standard_normal((n_a, 1, T_x)), caches


def lstm_sequence(forget_bias, T_x=24, n_a=16):
    """Make an LSTM's sequence whose forget gates have a given bias, on the same inputs."""
    parameters = inputs.lstm_parameters(np.random.default_rng(3), n_x=3, n_a=n_a, n_y=2)
    parameters["bf"] = np.full((n_a, 1), float(forget_bias))
    x = np.random.default_rng(4).standard_normal((3, 1, T_x))
    _, _, _, caches = lstm.lstm_forward(x, np.zeros((n_a, 1)), parameters)
    return np.random.default_rng(5).standard_normal((n_a, 1, T_x)), caches


widgets.influence_map(rnn_sequence, lstm_sequence, lstm_backward=lstm_backward)

# %% [markdown]
# In lesson 2 the radius 1 kept the gradient alive, because the inputs were tiny. With ordinary inputs the slopes of
# tanh are smaller than 1, and almost nothing of the RNN's gradient is left after twenty steps. The LSTM's gradient
# loses more than the RNN's at the first step: it pays for the way onto the memory, and for the way off it again. But it
# pays only once, and on the memory it loses little. (The maps show all roads together, so the factor per step is not
# exactly a forget gate.)
#
# ### Where an LSTM's gradient still vanishes
#
# Move the forget bias to 0 (gates near 0.5), and then to -2 (near 0.12). With gates near 0.5 the gradient vanishes too, if
# more slowly than the RNN's; with -2 it is far worse. This is why people start the training of an LSTM with a forget bias of 1
# or more. Other places where little comes through:
#
# - **A shut output gate.** The gradient of a state reaches the memory through that gate. If it is near 0, so is the gradient.
# - **A saturated gate.** Near 0 or 1 the slope $g\,(1 - g)$ is almost zero, so the gate's own weights hardly learn.
# - **A memory that was erased on purpose.** That is right: what is forgotten has no effect any more, and so no gradient.
#
# And the gradient can still explode: it also goes back through the state and four matrices, as in an RNN. Lesson 4
# takes care of that.

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-highway-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 In your own words
#
# ### Question 1 (2 points, read by a person)
#
# Another cell has no memory beside its state. It mixes the old state with a candidate:
#
# $$a^{\langle t \rangle} = (1 - z) \odot a^{\langle t-1 \rangle} + z \odot \tilde a$$
#
# The gate $z$ (a sigmoid) and the candidate $\tilde a$ (a tanh) are computed from the old state and the input. On which road
# can a gradient go back 100 steps, and for which values of $z$? What do the other roads pass? Two to four sentences, with a
# number.
#
# === BEGIN MARK SCHEME ===
# 1 point: the straight road has the factor 1 - z per step, so the gradient survives where z is near 0; with a number, e.g.
# z = 0.01 leaves 0.99**100, about a third, and z = 0.5 nothing.
#
# 1 point: the other roads go through z and the candidate, and pass a matrix and a slope of the sigmoid or of tanh at each
# step, as in an RNN.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-highway", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# On the straight road the gradient is multiplied by 1 - z at each step, and by nothing else. So it survives where z is near
# 0: with z = 0.01, 0.99**100 or about 0.37 of it is left, and with z = 0.5 practically nothing. The other roads lead through
# the gate and the candidate; on each the gradient meets a matrix and a slope at every step, and shrinks as in an RNN.
# <!-- END SOLUTION -->

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-vanish-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (2 points, read by a person)
#
# "Then let us fix all forget gates at 1, and nothing vanishes." Take one unit with $f = 1$ and $o = 1$ that writes
# $i\,\tilde c = 0.5$ at each of 50 steps. What is in its memory then, and how much of `da_next` gets from the state onto the
# memory? What is a forget gate good for, besides gradients? Two to four sentences.
#
# === BEGIN MARK SCHEME ===
# 1 point: the memory is 25, where tanh is flat (slope about 1e-21): what later losses send does not get onto the memory, so
# the gradient vanishes at its entrance.
#
# 1 point: without forgetting the unit can only add: it cannot drop what is no longer needed and make room for new content.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-vanish", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# The memory has grown to 25. There tanh is 1 and its slope is about 1e-21, so practically nothing of da_next gets through
# tanh onto the memory: the gradient vanishes before it reaches the highway. A forget gate lets the unit drop what it needs no
# longer, keeps the memory where tanh has a slope, and makes room for something new.
# <!-- END SOLUTION -->

# %% [markdown]
# ## 10 Bonus: four gates, one matrix
#
# (Two exercises without points, for speed.)
#
# Your cell multiplies the same tall array by four matrices, one after the other. Put the four on top of each other, and one
# product does it all:
#
# $$\begin{bmatrix} z_f \\ z_i \\ z_c \\ z_o \end{bmatrix} = \begin{bmatrix} W_f \\ W_i \\ W_c \\ W_o \end{bmatrix}
# [a^{\langle t-1 \rangle}; x^{\langle t \rangle}] + \begin{bmatrix} b_f \\ b_i \\ b_c \\ b_o \end{bmatrix}$$

# %% tags=["skip-execution"]
viz.gate_layout(n_a=4, n_x=3)

# %% [markdown]
# This is how libraries store an LSTM. It is another layout of the same numbers, so the gradient is the same too, in the same
# blocks. Here are the gradients of all four matrices in one product, cut into blocks and compared with those of exercise 3.
# (Until exercises 1 to 3 are done, this cell stops with an error.)

# %% tags=["skip-execution"]
gates = lstm_cell_gates_backward(da_next, lstm_cell_dc(da_next, dc_next, cache), cache)
by_gate = lstm_cell_parameters_backward(**gates, cache=cache)

stacked = np.concatenate([gates["dzf"], gates["dzi"], gates["dzc"], gates["dzo"]])
dW = stacked @ np.concatenate([cache.a_prev, cache.xt]).T
print("dz:", stacked.shape, "  dW:", dW.shape)
for name, block in zip(["dWf", "dWi", "dWc", "dWo"], np.split(dW, 4), strict=True):
    print(name, "the same in both layouts:", np.allclose(block, by_gate[name]))

# %% [markdown]
# The order of the blocks is a convention: ours is f, i, c, o; PyTorch's is i, f, c, o. Weights that move from one library to
# another have to change their order first. Nothing warns you, because the shapes fit in every order.
#
# One layout is faster, with the same number of multiplications: a processor does one large product better than four small
# ones, and NumPy is called once instead of four times. Measure it:

# %% tags=["skip-execution"]
n_a, n_x, m = 64, 32, 16
rng = np.random.default_rng(0)
four = [rng.standard_normal((n_a, n_a + n_x)) for _ in range(4)]
one = np.concatenate(four)
tall = rng.standard_normal((n_a + n_x, m))

# %% tags=["skip-execution"]
# %timeit -n 500 -r 3 [W @ tall for W in four]
# %timeit -n 500 -r 3 one @ tall

# %% [markdown]
# In the backward pass over a sequence there is more to gain. The weights' gradient is a sum over examples **and** over steps:
# $dW = \sum_t dz^{\langle t \rangle}\, [a^{\langle t-1 \rangle}; x^{\langle t \rangle}]^\top$. A sum of products is what a matrix product is. Lay the steps side by side, as if they
# were more examples, and a single product at the end does what the loop did in $T_x$ small ones. The same goes for `dx`: no earlier step
# waits for it. The only product that must stay in the loop is the one for `da_prev`.

# %% [markdown]
# The cell itself can be faster, too. In your exercises 1 and 2, `np.tanh(cache.c_next)` is computed twice, and of all
# that is done entry by entry, tanh costs most. Once is enough, or not at all: the cache has `a_next`, which is `ot *
# tanh(c_next)`.
#
# ### Exercise 7, without points: `lstm_cell_dz` (about 10 lines)
#
# Exercises 1 and 2 in one piece, with all four gates in one array, in the order f, i, c, o.


# %% nbgrader={"grade": false, "grade_id": "lstm_cell_dz", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_cell_dz(da_next, dc_next, cache):
    """Send the gradient back to all gates, before their activations, and to the old memory.

    da_next: gradient of the loss with respect to a_next, (n_a, m)
    dc_next: gradient of the loss with respect to c_next along the memory, from the next cell, (n_a, m)
    cache:   LSTMCellCache
    returns: a dict with "dz", the four gates on top of each other, (4 n_a, m), and "dc_prev", (n_a, m)
    """
    a_next, _, _, c_prev, ft, it, cct, ot, _, _ = cache
    ### BEGIN SOLUTION
    # Reading beats computing, as in lesson 1. A gate that is quite shut shows nothing, and 0 / 0 is no number.
    tanh_c = a_next / np.maximum(ot, 1e-30)
    dc = dc_next + da_next * ot * (1 - tanh_c**2)
    dc_prev = dc * ft
    dcct = dc * it
    dzf = dc_prev * c_prev * (1 - ft)
    dzi = dcct * cct * (1 - it)
    dzc = dcct * (1 - cct**2)
    dzo = da_next * a_next * (1 - ot)
    return {"dz": np.concatenate([dzf, dzi, dzc, dzo]), "dc_prev": dc_prev}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-lstm_cell_dz", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check.lstm_cell_dz(lstm_cell_dz)

# %% [markdown]
# ### Exercise 8, without points: `lstm_backward_fused` (about 10 lines)
#
# In `dz` the time axis comes **before** the examples here, $(4 n_a, T_x, m)$. One step is `dz[:, t]`; and `dz.reshape(4 * n_a, -1)` lays all
# steps side by side: all examples of step 0, then all of step 1, and so on. `both` has them in this order already. Your lines have to
# make `dW`, `db`, `dx` and `da_prevt`. Bring `dx` into the usual order, $(n_x, m, T_x)$: `.transpose(0, 2, 1)` swaps the last two
# axes.


# %% nbgrader={"grade": false, "grade_id": "lstm_backward_fused", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_backward_fused(da, caches):
    """Send the gradient back through the whole sequence, with one product for all gates, and one for all steps.

    Arguments and results are those of lstm_backward.
    """
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    # All gates in one matrix: (4 n_a, n_a + n_x).
    W = np.concatenate([parameters["Wf"], parameters["Wi"], parameters["Wc"], parameters["Wo"]])
    # What was multiplied, all steps side by side: (n_a + n_x, T_x * m).
    both = np.concatenate([np.concatenate([step.a_prev, step.xt]) for step in caches.steps], axis=1)
    dz = np.empty((4 * n_a, T_x, m), da.dtype)
    da_prevt, dc_prevt = np.zeros_like(da[:, :, 0]), np.zeros_like(da[:, :, 0])
    ### BEGIN SOLUTION
    for t in reversed(range(T_x)):
        gradients = lstm_cell_dz(da[:, :, t] + da_prevt, dc_prevt, caches.steps[t])
        dz[:, t] = gradients["dz"]
        dc_prevt = gradients["dc_prev"]
        da_prevt = W[:, :n_a].T @ gradients["dz"]
    dz = dz.reshape(4 * n_a, -1)
    dW = dz @ both.T
    db = dz.sum(axis=1, keepdims=True)
    dx = (W[:, n_a:].T @ dz).reshape(-1, T_x, m).transpose(0, 2, 1)
    ### END SOLUTION
    # dW is (4 n_a, n_a + n_x) and db is (4 n_a, 1); here they are cut into their blocks.
    learned = {}
    for gate, dW_gate, db_gate in zip("fico", np.split(dW, 4), np.split(db, 4), strict=True):
        learned["dW" + gate], learned["db" + gate] = dW_gate, db_gate
    return {"dx": dx, "da0": da_prevt, **learned}


# %% nbgrader={"grade": true, "grade_id": "check-lstm_backward_fused", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check.lstm_backward_fused(lstm_backward_fused)

# %% [markdown]
# How much faster is it? (If the last one is slower, other programs were busy: run the cell again. Until exercise 8 is done,
# this cell stops with an error.)


# %% tags=["skip-execution"]
def seconds(backward, da, caches):
    """Time one backward pass; the best of five, since other programs disturb."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        backward(da, caches)
        times.append(time.perf_counter() - start)
    return min(times)


for n_x, n_a, m, T_x in [(3, 5, 10, 7), (27, 50, 1, 30), (16, 32, 4, 100)]:
    long_da, long_caches = inputs.lstm(seed=1, n_x=n_x, n_a=n_a, n_y=2, m=m, T_x=T_x)
    by_gate, fused = (1000 * seconds(f, long_da, long_caches) for f in (lstm_backward, lstm_backward_fused))
    times = f"{by_gate:.2f} ms gate by gate, {fused:.2f} ms fused"
    print(f"{n_a} units, {m} examples, {T_x} steps: {times}, {by_gate / fused:.1f} times faster")

# %% [markdown]
# ## 11 If you come from the course on Coursera
#
# The first assignment of *Sequence Models* (deeplearning.ai), "Building your Recurrent Neural Network - Step by Step", has an
# optional `lstm_backward`. Its expected numbers have changed over the years, and three sets of them still go round. Here are
# a row of `dx` and three biases of each:
#
# | | `dx[1][2]` | `dbi[4]` | `dbc[4]` | `dbo[4]` |
# |---|---|---|---|---|
# | A, printed first | -0.00173313, 0.08287442, -0.30545663, -0.43281115 | -0.06997391 | -0.27441821 | 0.16532821 |
# | B, often posted | -0.00173313, 0.08287442, -0.30545663, -0.43281115 | -0.15399065 | -0.29691142 | -0.29798344 |
# | C, printed later | 0.00218254, 0.28205375, -0.48292508, -0.43281115 | -0.50848333 | -0.42510818 | -0.17958196 |
#
# Which one is right? These are the same inputs; the losses are those of the first four of seven steps. (The cell runs your
# functions; until exercise 6 is done, it stops with an error.)

# %% tags=["skip-execution"]
legacy = np.random.RandomState(1)
x, a0 = legacy.randn(3, 10, 7), legacy.randn(5, 10)
classic = {"Wy": np.zeros((2, 5)), "by": np.zeros((2, 1))}
for gate in "fioc":
    classic["W" + gate], classic["b" + gate] = legacy.randn(5, 8), legacy.randn(5, 1)
classic_da = legacy.randn(5, 10, 4)
_, _, _, classic_caches = lstm.lstm_forward(x[:, :, :4], a0, classic)


def classic_loss(nudge):
    """Return a loss whose gradient at the states is classic_da, with one entry of bi nudged."""
    nudged = {**classic, "bi": classic["bi"] + nudge * np.eye(5)[:, [4]]}
    return (classic_da * lstm.lstm_forward(x[:, :, :4], a0, nudged)[0]).sum()


yours = lstm_backward(classic_da, classic_caches)


def show(what, row, dbi, dbc, dbo):
    """Print a row of the table above."""
    print(f"{what}\n   dx[1][2] = {row}")
    print(f"   dbi[4] = {dbi[4, 0]:.8f}   dbc[4] = {dbc[4, 0]:.8f}   dbo[4] = {dbo[4, 0]:.8f}")


print("dbi[4], by nudging:", round((classic_loss(1e-6) - classic_loss(-1e-6)) / 2e-6, 8))
show("yours:", yours["dx"][1][2], yours["dbi"], yours["dbc"], yours["dbo"])

# Each cell by itself: it is given the loss of its own step, and nothing from the next one.
alone = [lstm_cell_backward(classic_da[:, :, t], np.zeros((5, 10)), classic_caches.steps[t]) for t in range(4)]
sums = {name: sum(gradients[name] for gradients in alone) for name in ["dbf", "dbi", "dbc", "dbo"]}
dx_alone = np.array([gradients["dxt"][1][2] for gradients in alone])
show("nothing carried:", dx_alone, sums["dbi"], sums["dbc"], sums["dbo"])

# The same with copied lines: dbi = dbf + ... in place of dbi = dbi + ..., and so on. After the loop dbf holds
# the sum of all steps. Of the gate's own gradients only that of the step visited last, step 0, is left.
mixed = {name: sums["dbf"] + alone[0][name] for name in ["dbi", "dbc", "dbo"]}
show("and dbf in the other biases:", dx_alone, mixed["dbi"], mixed["dbc"], mixed["dbo"])

# %% [markdown]
# So C is right. B is what a loop gives that hands neither `da_prev` nor `dc_prev` to the step before. A is B with one more slip, a line
# copied from the forget gate: `dbi = dbf + ...`. As in lesson 2 the last entry of the row, that of the last step, is the same in
# all three, because nothing is carried to it yet. If your numbers are A's or B's, `check.lstm_backward`
# names the mistake.

# %% [markdown]
# ## What you can now do
#
# - Find every use of a value in a graph with two states, and add what comes back from each.
# - Write the backward pass of an LSTM, cell by cell and over a sequence.
# - Say what the forget gate does for the gradient, and when it does nothing.
#
# **Something to think about before lesson 4.** In a sequence of a hundred steps a gradient is suddenly a thousand times larger
# than usual. What would you do with it before you change the weights?
#
# ## Questions people ask
#
# ### Why does the forget gate help gradients?
#
# Because the straight road from memory to memory has no other factor: `dc_prev` is `dc` times the forget gate, with no
# matrix and no slope of tanh in between. A gate near 1 lets the gradient pass almost unchanged. See section 8, for its
# limits too.
#
# ### Is `dc_next` the gradient of `c_next`?
#
# Only the part that comes from the next cell. The other part comes through `a_next` and is added in this cell; we call the
# sum of both `dc`.
#
# ### My cell passes alone, the sequence is wrong
#
# Then it is the loop. The check runs your loop with an exact cell. Typical: `dc_prev` is not kept for the next pass of the
# loop, or `da[:, :, t]` is added to the memory's gradient as well.
#
# ### Why `1 - np.tanh(c_next)**2` here and `1 - a_next**2` in lesson 1?
#
# Both are one minus the square of tanh's *output*. In the RNN that output is `a_next` and lies in the cache. Here `a_next` is the output
# times a gate, so tanh of the memory has to be computed again (or kept by the forward pass).
#
# ### Which order do the gates have?
#
# Any; ours is forget, update, candidate, output. See section 10.
#
# ### I changed the function and the result did not change
#
# Run the cell that defines it again. The report names the cell that it got the function from.
