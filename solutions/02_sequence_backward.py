# %% [markdown]
# # Lesson 2: the whole sequence, backward
#
# The best-known exercise on recurrent networks contains `da[:, :, t] + da_prevt`, and advises you to choose `da_next`
# wisely. For years learners have asked: why this sum? Here is one row of `dx`, over four steps, as three programs
# compute it from the same inputs. People have posted all three.
#
# | what goes into the cell as `da_next` | step 0 | step 1 | step 2 | step 3 |
# |---|---|---|---|---|
# | `da[:, :, t]` | -0.1503 | -0.3455 | 0.0207 | 0.0148 |
# | `da_prevt`, which starts as `da[:, :, 3]` | 0.0404 | 0.0159 | 0.0040 | 0.0148 |
# | `da[:, :, t] + da_prevt` | -2.0710 | -0.5926 | 0.0247 | 0.0148 |
#
# One row is right. **All three agree at the last step, and only there. Why there?** The answer is in this picture; run
# the cell, and look at its right end.

# %%
import time

import numpy as np

from bptt import check, inputs, rnn, viz, widgets
from bptt.influence import time_path

da, caches = inputs.rnn(seed=5, n_x=1, n_a=1, n_y=2, m=1, T_x=4)
viz.two_roads(da, time_path(da, caches))

# %% [markdown]
# After this lesson you can explain that sum to anybody, and you will have written the backward pass of a recurrent
# network. Where PyTorch is installed, you compare it with its `loss.backward()`.
#
# **You need:** lesson 1. **Time:** about 75 minutes, without the bonus. **Points:** 24, of which 18 are given by the checks and 6 for two written answers.

# %% [markdown]
# Your loop will call a cell. Here is an exact one, so that a mistake in lesson 1 costs nothing here. (It nudges the forward
# pass, which is far too slow for training.) To use your own, paste your `rnn_cell_backward`, and what it calls, below the
# import.

# %%
from bptt.exact import rnn_cell_backward

# %% [markdown]
# ## 1 From the losses to the states
#
# At every step the state $a^{\langle t \rangle}$ is turned into scores by a dense layer, the scores into probabilities by
# softmax, and the probabilities are compared with the right class by the cross-entropy:
#
# $$z^{\langle t \rangle} = W_{ya}\, a^{\langle t \rangle} + b_y \qquad
# \hat y^{\langle t \rangle} = \mathrm{softmax}(z^{\langle t \rangle}) \qquad
# L_t = -\sum_{i, j} y^{\langle t \rangle}_{ij} \log \hat y^{\langle t \rangle}_{ij}$$
#
# Here $z$ stands for the scores, as in most texts (in lesson 1 it was the state before tanh). The right classes `y` are
# one-hot: a 1 for the right class, 0 for the others. The loss of the sequence, $J$ in lesson 1, is the sum over all steps,
# $L = \sum_t L_t$.
#
# The derivative of softmax alone is a whole matrix. Together with the logarithm it becomes a difference. Take one example
# and let $c$ be its right class. Then $L_t = -\log \hat y_c = -z_c + \log \sum_k e^{z_k}$, and
#
# $$\frac{\partial L_t}{\partial z_i} = \frac{e^{z_i}}{\sum_k e^{z_k}} - [i = c] = \hat y_i - y_i$$
#
# where $[i = c]$ is 1 for the right class and 0 for the others, which is just $y_i$; and the logarithm of the sum has the
# derivative $1 / \sum$ times that of the one term that contains $z_i$. In words: **the gradient of a score is predicted
# probability minus right probability.**
#
# **Small numbers.** Three classes, the first one is right.

# %% tags=["skip-execution"]
scores = np.array([2.0, 1.0, -1.0])
probabilities = np.exp(scores) / np.exp(scores).sum()
print("probabilities:           ", probabilities.round(3))
print("gradient of the scores:  ", (probabilities - [1, 0, 0]).round(3))

# %% [markdown]
# The gradient of the first score is negative: the loss falls if it grows. The other two should shrink, the likelier one
# more. From the scores back to $a^{\langle t \rangle}$, $W_{ya}$ and $b_y$ the way is the one you know from lesson 1: a
# matrix product and a bias. One $W_{ya}$ serves all steps, so its gradient is a sum over examples **and** steps.
#
# ### Exercise 1: `output_backward` (about 6 lines)
#
# Arrays over time have the shape $(\mathit{features}, m, T_x)$: `a[:, :, t]` is the state after step $t$, of all examples.


# %% nbgrader={"grade": false, "grade_id": "output_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def output_backward(y_pred, y, a, Wya):
    """Send the gradient of the loss back to the states, at every step.

    y_pred:  predicted probabilities, (n_y, m, T_x)
    y:       right classes, one-hot, (n_y, m, T_x)
    a:       states, (n_a, m, T_x)
    Wya:     output weights, (n_y, n_a)
    returns: a dict with "da_loss" (n_a, m, T_x), "dWya" (n_y, n_a) and "dby" (n_y, 1)
    """
    da_loss = np.zeros_like(a)
    dWya = np.zeros_like(Wya)
    dby = np.zeros((len(Wya), 1))
    ### BEGIN SOLUTION
    for t in range(a.shape[2]):
        dz = y_pred[:, :, t] - y[:, :, t]
        da_loss[:, :, t] = Wya.T @ dz
        dWya += dz @ a[:, :, t].T
        dby += dz.sum(axis=1, keepdims=True)
    ### END SOLUTION
    return {"da_loss": da_loss, "dWya": dWya, "dby": dby}


# %% nbgrader={"grade": true, "grade_id": "check-da_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.output_backward(output_backward, only=["da_loss"])
### BEGIN HIDDEN TESTS
check.output_backward(output_backward, only=["da_loss"], seed=8201)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dWya-dby", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.output_backward(output_backward, only=["dWya", "dby"])
### BEGIN HIDDEN TESTS
check.output_backward(output_backward, only=["dWya", "dby"], seed=8201)
### END HIDDEN TESTS

# %% [markdown]
# Remember the name `da_loss`. The backward pass over the sequence will call this array `da`, as many texts do, but
# `da_loss` says what it is: at each state, the gradient from **the loss of its own step, and of no other**.

# %% [markdown]
# ## 2 Two roads into one state
#
# A state in the middle is used twice: for its own prediction, and by the next cell. So a nudge of
# $a^{\langle t \rangle}$ changes the loss in two ways.
#
# Two steps and plain numbers are enough to see it. The first state $a_1$ has its own loss, $L_1 = 3 a_1$, and goes into
# $a_2 = \tanh(0.5\, a_1)$, which has the loss $L_2 = 2 a_2$.

# %% tags=["skip-execution"]
a_1 = 0.8
a_2 = np.tanh(0.5 * a_1)

from_its_own_loss = 3.0
from_the_next_state = 2.0 * (1 - a_2**2) * 0.5
print(f"loss path:  {from_its_own_loss:.4f}")
print(f"time path:  {from_the_next_state:.4f}    (da_next of the second cell x slope of tanh x weight)")
print(f"together:   {from_its_own_loss + from_the_next_state:.4f}")

# %% [markdown]
# Is the sum right? Nudge $a_1$ and see what the **whole** loss does.

# %% tags=["skip-execution"]
nudge = 1e-6
loss_nudged = 3.0 * (a_1 + nudge) + 2.0 * np.tanh(0.5 * (a_1 + nudge))
loss = 3.0 * a_1 + 2.0 * a_2
print(f"by nudging: {(loss_nudged - loss) / nudge:.4f}")

# %% [markdown]
# That is all there is to it: **a value that is used twice collects the sum of both gradients.** It is the sum rule that you
# have met with biases and weights.
#
# Here is the picture of the first screen again, to play with. Blue comes down from the state's own loss: `da[:, :, t]`.
# Orange comes from the right: it is what the next cell returned as `da_prev`, and we call it `da_prevt`. Their sum is
# the `da_next` that goes into the cell. Move `t` and watch the two numbers meet. Then switch off one road: which
# numbers below are still right, and why these? (Without blue, the loop starts with the last loss; otherwise all would
# be zero.)

# %% tags=["skip-execution"]
widgets.two_roads(da, caches)

# %% [markdown]
# What happens at the two ends of the sequence?
#
# - **The last state** has no next cell. Nothing comes back from there: its time path is zero, of the shape of one state,
#   $(n_a, m)$.
# - **The first cell** has no cell before it. What it returns as `da_prev` is the gradient of the initial state, `da0`.
#
# And one more sum: `Wax`, `Waa` and `ba` are the same at every step. They are used $T_x$ times, so their gradients are
# added over all steps.
#
# ### Exercise 2: `rnn_backward` (about 9 lines)
#
# Here `caches.steps[t]` is the cache of step $t$, and `caches.x` is the whole input, $(n_x, m, T_x)$. Think about the
# order of the steps: a cell can only start when the gradient from all later steps has arrived.


# %% nbgrader={"grade": false, "grade_id": "rnn_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_backward(da, caches):
    """Send the gradient back through the whole sequence.

    da:      gradient that reaches each state from the loss of its own step, (n_a, m, T_x)
    caches:  RNNCaches with steps (a list of RNNCellCache) and x
    returns: a dict with "dx" (n_x, m, T_x), "da0" (n_a, m),
             "dWax" (n_a, n_x), "dWaa" (n_a, n_a) and "dba" (n_a, 1)
    """
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    dx = np.zeros_like(caches.x)
    da0 = np.zeros((n_a, m))
    dWax = np.zeros_like(parameters["Wax"])
    dWaa = np.zeros_like(parameters["Waa"])
    dba = np.zeros_like(parameters["ba"])
    ### BEGIN SOLUTION
    da_prevt = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        gradients = rnn_cell_backward(da[:, :, t] + da_prevt, caches.steps[t])
        da_prevt = gradients["da_prev"]
        dx[:, :, t] = gradients["dxt"]
        dWax += gradients["dWax"]
        dWaa += gradients["dWaa"]
        dba += gradients["dba"]
    da0 = da_prevt
    ### END SOLUTION
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}


# %% [markdown]
# In the checks `da` is random, because your function has to be right whatever the losses are. When something is wrong, the
# check also makes an *impulse test*: it puts a gradient in at one step only, and shows at which steps it arrives, yours beside
# the exact one.

# %% nbgrader={"grade": true, "grade_id": "check-dx", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.rnn_backward(rnn_backward, only=["dx"])
### BEGIN HIDDEN TESTS
check.rnn_backward(rnn_backward, only=["dx"], seed=8202)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-da0", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.rnn_backward(rnn_backward, only=["da0"])
### BEGIN HIDDEN TESTS
check.rnn_backward(rnn_backward, only=["da0"], seed=8202)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dWax-dWaa", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.rnn_backward(rnn_backward, only=["dWax", "dWaa"])
### BEGIN HIDDEN TESTS
check.rnn_backward(rnn_backward, only=["dWax", "dWaa"], seed=8202)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dba", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.rnn_backward(rnn_backward, only=["dba"])
### BEGIN HIDDEN TESTS
check.rnn_backward(rnn_backward, only=["dba"], seed=8202)
### END HIDDEN TESTS

# %% [markdown]
# ### The three rows again
#
# These are the inputs of the first screen. Which of its rows is yours? (From here to section 4 the cells run your functions;
# as long as exercise 2 or 3 is open, they stop with an error.)

# %% tags=["skip-execution"]
legacy = np.random.RandomState(1)
x, a0 = legacy.randn(3, 10, 4), legacy.randn(5, 10)
shapes = {"Wax": (5, 3), "Waa": (5, 5), "Wya": (2, 5), "ba": (5, 1), "by": (2, 1)}
_, _, famous_caches = rnn.rnn_forward(x, a0, {name: legacy.randn(*shape) for name, shape in shapes.items()})
famous_da = legacy.randn(5, 10, 4)

print("da[:, :, t] alone:       [-0.15028183 -0.34554547  0.02071758  0.01483317]")
print("da_prevt alone:          [ 0.04036334  0.01590669  0.00395097  0.01483317]")
print("da[:, :, t] + da_prevt:  [-2.07101689 -0.59255627  0.02466855  0.01483317]")
print("yours:                  ", rnn_backward(famous_da, famous_caches)["dx"][1][2])

# %% [markdown]
# And now the answer to the question of the first screen. Into the last state only its own loss sends a gradient. The
# first program uses it, and the second starts with it, so both are right there. One step earlier, each leaves out one
# of two roads. If your last step is right and the earlier ones are wrong, look at what you hand from step to step.
#
# Here are the two wrong programs at work, beside the exact gradients and your own function. Switch off one road at a time,
# and compare the last step with all others.

# %% tags=["skip-execution"]
widgets.two_roads(da, caches, rnn_backward)

# %% [markdown]
# Frameworks do the same. In PyTorch, `loss.backward()` goes back through the same graph and adds wherever two paths meet.
# Where PyTorch is installed, the next cell compares its numbers with yours; elsewhere it says so in one line.

# %% tags=["skip-execution"]
check.against_torch(rnn_backward)

# %% [markdown]
# ## 3 A tree or a graph: the price of an addition
#
# There is another right way, and many learners find it on their own. Take each loss by itself, follow its gradient back to
# the beginning, and add up the results. That is correct, because the gradient of a sum is the sum of the gradients.
#
# What does it cost? The loss of step $k$ passes $k + 1$ cells. Together that makes
# $1 + 2 + \dots + T_x = T_x (T_x + 1) / 2$ cells, where the sweep that adds at the joins passes $T_x$.

# %% tags=["skip-execution"]
widgets.tree_or_graph()

# %% [markdown]
# ### Exercise 3: `rnn_backward_per_loss` (about 11 lines)
#
# Write it, and see that both give the same numbers.


# %% nbgrader={"grade": false, "grade_id": "rnn_backward_per_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_backward_per_loss(da, caches):
    """Send the gradient of each loss back by itself, and add up the results.

    Arguments and results are those of rnn_backward.
    """
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    dx = np.zeros_like(caches.x)
    da0 = np.zeros((n_a, m))
    dWax = np.zeros_like(parameters["Wax"])
    dWaa = np.zeros_like(parameters["Waa"])
    dba = np.zeros_like(parameters["ba"])
    ### BEGIN SOLUTION
    for k in range(T_x):
        da_next = da[:, :, k]
        for t in range(k, -1, -1):
            gradients = rnn_cell_backward(da_next, caches.steps[t])
            da_next = gradients["da_prev"]
            dx[:, :, t] += gradients["dxt"]
            dWax += gradients["dWax"]
            dWaa += gradients["dWaa"]
            dba += gradients["dba"]
        da0 += da_next
    ### END SOLUTION
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}


# %% nbgrader={"grade": true, "grade_id": "check-rnn_backward_per_loss", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.rnn_backward_per_loss(rnn_backward_per_loss)
### BEGIN HIDDEN TESTS
check.rnn_backward_per_loss(rnn_backward_per_loss, seed=8203)
### END HIDDEN TESTS

# %% [markdown]
# The same race with your own two functions: how many calls of `rnn_cell_backward` do they make?

# %% tags=["skip-execution"]
widgets.tree_or_graph(rnn_backward, rnn_backward_per_loss)

# %% [markdown]
# Now measure both, with your own functions, on longer and longer sequences. On logarithmic axes a cost that grows like
# $T_x$ is a line of slope 1, and one that grows like $T_x^2$ a line of slope 2; measured, both come out roughly so. (This takes
# some seconds.)


# %% tags=["skip-execution"]
def seconds(backward, T_x):
    """Time one backward pass over a sequence; the best of three, since other programs disturb."""
    da, caches = inputs.rnn(seed=1, n_x=2, n_a=3, n_y=2, m=2, T_x=T_x)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        backward(da, caches)
        times.append(time.perf_counter() - start)
    return min(times)


lengths = [4, 8, 12, 16, 24, 32, 48, 64]


def measured():
    """Time both functions at every length."""
    return [[seconds(backward, T_x) for T_x in lengths] for backward in (rnn_backward, rnn_backward_per_loss)]


viz.timings(lengths, measured, ["rnn_backward", "rnn_backward_per_loss"])

# %% [markdown]
# One sweep visits each cell once; separate paths visit the early cells again and again, once for every later loss. Adding
# where paths meet is what makes backpropagation cheap.

# %% [markdown]
# ## 4 What is `dx` for?
#
# Training changes weights, not the input. So why compute `dx`? Where nothing needs it, it is thrown away. But often
# something does:
#
# - **Stacked layers.** The states of layer 1 are the inputs of layer 2. So `dx` of layer 2 is `da` of layer 1.
# - **Embeddings.** If each $x^{\langle t \rangle}$ is the learned vector of a word, `dx` is how that vector learns.
# - **Decoders.** Where the input of a step is the last prediction, `dx` carries the gradient on to it.
# - **Understanding.** Where `dx` is large, a small change of the input changes the loss much. Lesson 4 colours the
#   words of a review with it. And gradient descent on `x` itself, with the weights left as they are, finds an input
#   that gives a wanted output.
#
# Here are two layers. Only the upper one has a loss, and its `dx` is the `da` of the lower one.

# %% tags=["skip-execution"]
rng = np.random.default_rng(6)
x = rng.standard_normal((3, 5, 6))
lower = inputs.rnn_parameters(rng, n_x=3, n_a=4, n_y=2)
upper = inputs.rnn_parameters(rng, n_x=4, n_a=4, n_y=2)

a_lower, _, caches_lower = rnn.rnn_forward(x, np.zeros((4, 5)), lower)
a_upper, _, caches_upper = rnn.rnn_forward(a_lower, np.zeros((4, 5)), upper)

da_upper = rng.standard_normal(a_upper.shape)
dx_upper = rnn_backward(da_upper, caches_upper)["dx"]
dx_lower = rnn_backward(dx_upper, caches_lower)["dx"]
print("dx of the upper layer, which is da of the lower one:", dx_upper.shape)
print("dx of the lower layer, for whatever is below it:    ", dx_lower.shape)

# %% [markdown]
# ## 5 How far back does a loss reach?
#
# The gradient of a late loss passes one cell after another: each multiplies it by the slopes of its tanh and by
# $W_{aa}^\top$. If that makes it a little smaller each time, it **vanishes**; if a little larger, it **explodes**.
#
# Multiply a vector by the same matrix many times, and in the long run its length changes by about the same factor each
# time. That factor is the matrix's *spectral radius*, the size of its largest eigenvalue. Below is a network whose
# $W_{aa}$ can be scaled to different radii.
#
# Each row of the map is the loss of one step $k$, each column the state of one step $t$. The colour is the size of that
# gradient, compared with its size at the loss's own step, $t = k$: orange is the same size, the palest is a
# ten-thousandth and less, the darkest a hundred times as much and more. The curve shows the same against the distance
# $k - t$, with that of your own `rnn_backward` below it. Start at the radius 0.6, go on to 1.0 and to 1.4.


# %% tags=["skip-execution"]
def sequence(radius, T_x=24, n_a=16):
    """Make a sequence whose Waa has a given spectral radius, and inputs so small that tanh hardly saturates."""
    rng = np.random.default_rng(3)
    parameters = inputs.rnn_parameters(rng, n_x=3, n_a=n_a, n_y=2)
    parameters["Waa"] *= radius / np.abs(np.linalg.eigvals(parameters["Waa"])).max()
    parameters["ba"] *= 0.0001
    _, _, caches = rnn.rnn_forward(0.0001 * rng.standard_normal((3, 1, T_x)), np.zeros((n_a, 1)), parameters)
    return rng.standard_normal((n_a, 1, T_x)), caches


widgets.influence_map(sequence, rnn_backward=rnn_backward, radius=0.6)

# %% [markdown]
# At 0.6 little arrives beyond the last few states. What happened twenty steps ago changes the loss by so little that
# training hardly learns from it. This is the reason for lesson 3, where the LSTM builds a road on which the gradient
# survives. At 1.4 the oldest states get the largest gradients, and one step of training throws the network far away.
#
# (The inputs here are tiny, so that tanh is almost a straight line. Larger ones drive tanh to its flat ends, and its
# small slopes make the gradient shrink. Replace 0.0001 by 1 in both places and try it.)

# %% [markdown]
# ## 6 Bonus: stopping on purpose
#
# One sweep needs the caches of all steps, and those of a very long sequence may not fit into the computer's memory.
# *Truncated* backpropagation through time follows each loss back through at most `steps` cells and drops the rest. With
# `steps = 1` a loss passes the cell of its own step and no other. What gets lost is the far part of the influence map.
#
# ### Exercise 4, without points: `rnn_backward_truncated` (about 12 lines)
#
# The easiest start is your `rnn_backward_per_loss`. When does a loss still reach `a0`?


# %% nbgrader={"grade": false, "grade_id": "rnn_backward_truncated", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_backward_truncated(da, caches, steps):
    """Send the gradient of each loss back through at most `steps` cells.

    da, caches and results are those of rnn_backward.
    """
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    dx = np.zeros_like(caches.x)
    da0 = np.zeros((n_a, m))
    dWax = np.zeros_like(parameters["Wax"])
    dWaa = np.zeros_like(parameters["Waa"])
    dba = np.zeros_like(parameters["ba"])
    ### BEGIN SOLUTION
    for k in range(T_x):
        da_next = da[:, :, k]
        for t in range(k, max(k - steps, -1), -1):
            gradients = rnn_cell_backward(da_next, caches.steps[t])
            da_next = gradients["da_prev"]
            dx[:, :, t] += gradients["dxt"]
            dWax += gradients["dWax"]
            dWaa += gradients["dWaa"]
            dba += gradients["dba"]
        if k < steps:
            da0 += da_next
    ### END SOLUTION
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}


# %% nbgrader={"grade": true, "grade_id": "check-rnn_backward_truncated", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check.rnn_backward_truncated(rnn_backward_truncated)

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-sum-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 In your own words
#
# ### Question 1 (3 points, read by a person)
#
# A network with a shortcut: each state $a^{\langle t \rangle}$ makes its own prediction, goes into the next cell, **and**
# goes into the cell after that one. So a cell has two earlier states as inputs, and returns a gradient for each.
#
# Which gradients meet at $a^{\langle t \rangle}$, and where does each come from? What does the loop have to carry from step
# to step, and what arrives at the last two states? Answer in three to six sentences.
#
# === BEGIN MARK SCHEME ===
# 1 point: three gradients are added: from the loss of step t, from cell t+1 and from cell t+2.
#
# 1 point: two gradients are carried, and the one for the state two steps back is kept for one step longer.
#
# 1 point: both start as zeros: the last state gets the gradient of its loss alone, the one before that of its loss and of
# one cell.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-sum", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# The state is used three times, so three gradients are added: from the loss of step t, from the cell of step t+1 and from
# the cell of step t+2. Each cell returns one gradient for the state before it and one for the state before that. The loop
# uses the first in its next pass, and has to keep the second for one pass more, so it carries two arrays that both start as
# zeros. The last state gets only what its own loss sends; the one before it gets that of its loss and that of one cell.
# <!-- END SOLUTION -->

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-cost-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (3 points, read by a person)
#
# A sequence has 1000 steps, and every second one has a loss: steps 1, 3, 5, ..., 999. How many calls of the cell does
# `rnn_backward` make, and how many does `rnn_backward_per_loss` if it skips the steps without a loss? What arrives at a
# state without a loss? And which steps would have to have a loss for both functions to make the same number of calls?
#
# === BEGIN MARK SCHEME ===
# 1 point: 1000, and 2 + 4 + ... + 1000 = 250,500 ("a quarter of a million" is enough).
#
# 1 point: da[:, :, t] is zero there, so the gradient from the next cell arrives alone (the line of the loop stays as it is).
#
# 1 point: the last step alone: one loss, one traversal, and nothing that could be shared.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-cost", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# The sweep makes 1000 calls whatever losses there are. The loss of step k needs k + 1 calls, so one traversal for each makes
# 2 + 4 + ... + 1000 = 250,500. At a state without a loss da is zero, and only what the next cell returned arrives. Both
# make 1000 calls if the last step alone has a loss: then there is one path, and nothing on it is visited twice.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Say where each gradient at a state comes from, and why they are added.
# - Write the backward pass of a recurrent network over a whole sequence, at the cost of one sweep.
# - Read an influence map, and say what truncation throws away.
#
# **Something to think about before lesson 3.** Every step multiplies the gradient by $W_{aa}^\top$ and by slopes of tanh.
# If you could design a road back through time, what would you like it to multiply by?
#
# ## Questions people ask
#
# ### Why `da[:, :, t] + da_prevt` and not just `da[:, :, t]`? What is "upstream" here?
#
# *Upstream* of a cell is everything that used its result, so "the upstream gradient" is the `da_next` that arrives. The rest
# is section 2.
#
# ### Why is there a `da` for every step when the cell already returns `da_prev`? Are they the same? Do I ignore my own result?
#
# They are different, and you use both: in the pictures `da[:, :, t]` is blue, your own result is orange.
#
# ### Softmax acts on y, why does it matter to a? Which one is "the dense layer"?
#
# The dense layer is $W_{ya} a + b_y$. The loss looks at `y_pred`, which softmax made from the dense layer, which was made
# from the state. So the loss follows the state along that chain, and its gradient comes back along it: section 1.
#
# ### Is one traversal per loss wrong?
#
# No. It is right, and it costs $(T_x + 1) / 2$ times as many calls of the cell.
#
# ### My cell passes alone, the sequence is wrong
#
# Then it is the loop. The check runs your loop with an exact cell, so whatever it reports is in the loop. If your loop is
# right and your own cell is not, it passes and says that.
#
# ### I changed the function and the result did not change
#
# Run the cell that defines it again. The report names the cell that it got the function from; and functions that call it
# see the new one at once.
#
# ### Why compute dx if we never update x? Can I use it to find an input for a wanted output?
#
# Stacked layers, embeddings and decoders need it: section 4. And yes: lesson 4 does exactly that.
#
# ### What exactly must `da0`, `da_prevt` be at the start, and of which shape?
#
# `da_prevt` starts as zeros of shape $(n_a, m)$, one state's worth, because nothing comes from beyond the last step. `da0`
# needs no start: it is what `da_prevt` has become when the loop ends. It has that shape, too.
