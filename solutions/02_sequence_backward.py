# %% [markdown]
# # Lesson 2: the whole sequence, backward
#
# In lesson 1 you sent a gradient through one cell. A sequence is the same cell, several times in a row, and each of them
# makes a prediction of its own. In its backward pass stands an expression that learners have asked about for years:
#
# $$\texttt{da[:, :, t]} + \texttt{da\_prevt}$$
#
# Why the sum? Where does each of the two come from, and what goes wrong without one of them? After this lesson you can
# answer that to anybody. And you will have written the backward pass of a recurrent network.
#
# **You need:** lesson 1. **Time:** about 90 minutes, without the bonus. **Points:** 24, of which 18 are given by the checks
# and 6 for two written answers.

# %%
import time

import numpy as np

from bptt import check, inputs, rnn, viz, widgets

# %% [markdown]
# Your loop will call a cell. Here is an exact one, so that a mistake in lesson 1 costs nothing in this lesson. (It has no
# backward formula either: it nudges the forward pass, which is exact and far too slow for training.) If you want to see
# your own cell at work, paste your `rnn_cell_backward`, and what it calls, into the next cell, below the import.

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
# Softmax alone has an unpleasant derivative, and so has the logarithm. Put together they are lovely. Take one example and
# let $c$ be its right class. Then $L_t = -\log \hat y_c = -z_c + \log \sum_k e^{z_k}$, and
#
# $$\frac{\partial L_t}{\partial z_i} = \frac{e^{z_i}}{\sum_k e^{z_k}} - [i = c] = \hat y_i - y_i$$
#
# where $[i = c]$ is 1 for the right class and 0 for the others, which is just $y_i$; and the logarithm of the sum has the
# derivative $1 / \sum$ times that of the one term that contains $z_i$. In words: **a score's gradient is how much its probability is too high**.
#
# **Small numbers.** Three classes, the first one is right.

# %%
scores = np.array([2.0, 1.0, -1.0])
probabilities = np.exp(scores) / np.exp(scores).sum()
print("probabilities:           ", probabilities.round(3))
print("gradient of the scores:  ", (probabilities - [1, 0, 0]).round(3))

# %% [markdown]
# The first score wants to grow (its gradient is negative), the others want to shrink, the likelier one more. Up to
# rounding the three sum to zero. From the scores back to $a^{\langle t \rangle}$, $W_{ya}$ and $b_y$ the way is that of
# sections 5 and 6 in lesson 1: a matrix product and a bias. One $W_{ya}$ serves all steps, so its gradient collects a sum over examples **and** steps.
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
# Now look at a state in the middle. It is used twice: for its own prediction, and by the next cell. A nudge of
# $a^{\langle t \rangle}$ therefore changes the loss on two roads.
#
# Two steps are enough to see it, and plain numbers. The first state $a_1$ has its own loss, $L_1 = 3 a_1$, and goes into
# $a_2 = \tanh(0.5\, a_1)$, which has the loss $L_2 = 2 a_2$.

# %%
a_1 = 0.8
a_2 = np.tanh(0.5 * a_1)

from_its_own_loss = 3.0
from_the_next_state = 2.0 * (1 - a_2**2) * 0.5
print(f"loss path:  {from_its_own_loss:.4f}")
print(f"time path:  {from_the_next_state:.4f}    (da_next of the second cell x slope of tanh x weight)")
print(f"together:   {from_its_own_loss + from_the_next_state:.4f}")

# %% [markdown]
# Is the sum right? Nudge $a_1$ and see what the **whole** loss does.

# %%
nudge = 1e-6
loss_nudged = 3.0 * (a_1 + nudge) + 2.0 * np.tanh(0.5 * (a_1 + nudge))
loss = 3.0 * a_1 + 2.0 * a_2
print(f"by nudging: {(loss_nudged - loss) / nudge:.4f}")

# %% [markdown]
# That is the whole secret: **a value that is used twice collects the sum of both gradients.** Nothing about recurrent
# networks is special here; it is the sum rule that you have met with biases and weights.
#
# Here are both roads in a longer sequence. Blue comes down from the state's own loss: `da[:, :, t]`. Orange comes from the
# right: it is what the next cell returned as `da_prev`, and we call it `da_prevt`. Where they meet they add, and their sum
# is the `da_next` that goes into the cell. Move `t` and watch the two numbers meet. Then switch off one road: which numbers
# below are still right, and why these?

# %%
da, caches = inputs.rnn(seed=5, n_x=1, n_a=1, n_y=2, m=1, T_x=4)

widgets.two_roads(da, caches)

# %% [markdown]
# Two ends need a thought.
#
# - **The last state** has no next cell. Nothing comes back from there: its time path is zero, of the shape of one state,
#   $(n_a, m)$.
# - **The first cell** hands its `da_prev` to nobody in the sequence. That is the gradient of the initial state, `da0`.
#
# And one more sum: `Wax`, `Waa` and `ba` are the same at every step. They are used $T_x$ times, so their gradients are
# added over all steps.
#
# ### Exercise 2: `rnn_backward` (about 9 lines)
#
# Here `caches.steps[t]` is the cache of step $t$, and `caches.x` is the whole input, $(n_x, m, T_x)$. Choose the order of
# the steps with care: a state's gradient is complete only when everything later has reported.


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
# When something is wrong, the check also makes an *impulse test*: it puts a gradient in at one step only, and shows at
# which steps it arrives; yours beside the exact one.

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
# ### Three famous rows
#
# For years people have posted the numbers that they got for one row of `dx` in a well-known assignment, and asked what
# was wrong. These are the same inputs, and the three rows that turn up again and again. (From here to section 4 the cells
# run your functions; as long as exercise 2 or 3 is open, they stop with an error.)

# %%
legacy = np.random.RandomState(1)
x, a0 = legacy.randn(3, 10, 4), legacy.randn(5, 10)
shapes = {"Wax": (5, 3), "Waa": (5, 5), "Wya": (2, 5), "ba": (5, 1), "by": (2, 1)}
_, _, famous_caches = rnn.rnn_forward(x, a0, {name: legacy.randn(*shape) for name, shape in shapes.items()})
famous_da = legacy.randn(5, 10, 4)

print("right:                          [-2.07101689 -0.59255627  0.02466855  0.01483317]")
print("without the time path:          [-0.15028183 -0.34554547  0.02071758  0.01483317]")
print("without the earlier losses:     [ 0.04036334  0.01590669  0.00395097  0.01483317]")
print("yours:                         ", rnn_backward(famous_da, famous_caches)["dx"][1][2])

# %% [markdown]
# All three agree in the last number, and there only. Can you say why? At the last step there is no time path yet, and no
# other loss: there the two wrong programs do the same as the right one. If your last step is right and all earlier ones
# are wrong, look at what you hand from step to step.
#
# Here are the two wrong programs at work, beside the exact gradients and your own function. Switch off one road at a time,
# and compare the last step with all others.

# %%
widgets.two_roads(da, caches, rnn_backward)

# %% [markdown]
# ## 3 A tree or a graph: the price of an addition
#
# There is another right way. Take each loss by itself and follow its gradient back to the beginning; then add the results.
# Nothing meets on the way, so there is nothing to add there. It is correct, because gradients of a sum are sums of
# gradients. Many learners invent it on their own.
#
# What does it cost? The loss of step $k$ passes $k + 1$ cells. Together that makes
# $1 + 2 + \dots + T_x = T_x (T_x + 1) / 2$ cells, where the sweep that adds at the joins passes $T_x$.

# %%
widgets.tree_or_graph()

# %% [markdown]
# ### Exercise 3: `rnn_backward_per_loss` (about 11 lines)
#
# Write it, to see that both give the same numbers.


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

# %%
widgets.tree_or_graph(rnn_backward, rnn_backward_per_loss)

# %% [markdown]
# Now measure both, with your own functions, on longer and longer sequences. On logarithmic axes a cost that grows like
# $T_x$ is a line of slope 1, and one that grows like $T_x^2$ a line of slope 2; measured, both come out roughly so. (This takes
# some seconds.)


# %%
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
# Read as a graph, the sequence is traversed once; read as a tree of separate paths, its early cells are visited again and
# again, by every later loss. Adding at the joins is what turns the tree back into the graph, and it is what makes
# backpropagation cheap.

# %% [markdown]
# ## 4 What is `dx` for?
#
# Training changes weights, and nobody updates the input. So why compute `dx`? In a plain network the corresponding
# gradient of the first layer, `dA0`, is thrown away, and here, too, when nothing needs it. But often something does:
#
# - **Stacked layers.** The states of layer 1 are the inputs of layer 2. So `dx` of layer 2 is `da` of layer 1.
# - **Embeddings.** If each $x^{\langle t \rangle}$ is the learnt vector of a word, `dx` is how that vector learns.
# - **Decoders.** Where the input of a step is the last prediction, `dx` carries the gradient on to it.
# - **Understanding.** Where `dx` is large, the input mattered: that is a *saliency* map. And descending on `x`
#   itself, with frozen weights, finds an input that gives a wanted output.
#
# Here are two layers. Only the upper one has a loss. Its `dx` has exactly the shape that the lower one's `da` must have, and
# takes its place. (If the lower layer had losses of its own as well, the two would be added: one more value that is used
# twice.)

# %%
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
# How much a matrix stretches in the long run is told by its *spectral radius*, the size of its largest eigenvalue. Below,
# a network whose $W_{aa}$ can be scaled to different radii. The map shows the size of the gradient of the loss of step $k$
# (row) with respect to the state of step $t$ (column), and the curve the same against the distance $k - t$. The exact one comes first,
# then that of your own `rnn_backward`. Start at the radius 0.6, go on to 1.0 and to 1.4.


# %%
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
# At 0.6 a loss feels the last few states and no more: whatever happened twenty steps ago cannot be learnt from it,
# however long you train. This is the reason for lesson 3, where the LSTM builds a road on which the gradient survives.
# At 1.4 the oldest states get the largest gradients, and one step of training throws the network far away.
#
# (The inputs here are tiny, so that tanh is used where it is almost a straight line. With larger ones the states grow
# until tanh saturates, and its small slopes pull the other way. Try it, and try other radii.)

# %% [markdown]
# ## 6 Bonus: stopping on purpose
#
# For very long sequences even one sweep is much to keep in memory. *Truncated* backpropagation through time follows each
# loss back through at most `steps` cells and drops what is left. With `steps = 1` a loss passes the cell of its own step
# and no other. What is lost are exactly the far entries of the influence map.
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
# Somebody writes in a forum: *"The cell already returns `da_prev`, so why is there a `da` for every step as well? Aren't
# they the same thing? If I use `da[:, :, t]`, I ignore my own result, and if I use my own result, I ignore `da`."*
#
# Answer in three to six sentences.
#
# === BEGIN MARK SCHEME ===
# 1 point: they are different: `da[:, :, t]` comes from the loss of step t alone, `da_prev` of cell t+1 from all later
# losses.
#
# 1 point: the state a_t is used twice (own prediction, next cell), so both gradients reach it and are added.
#
# 1 point: a consequence, e.g. what is lost when one of them is dropped, or that at the last step the second one is zero.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-sum", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# They come from different places. The array da holds, for each step, what the loss of that step says about its state; the
# gradient returned by the cell of step t+1 holds what all later losses say about it. The state is used twice, once for its
# own prediction and once by the next cell, and a value that is used twice collects the sum of both. Dropping the second
# means that no state ever learns what it does to later steps.
# <!-- END SOLUTION -->

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-cost-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (3 points, read by a person)
#
# A sequence has 1000 steps, and only the **last** one has a loss. How many calls of the cell does `rnn_backward` make, how
# many does `rnn_backward_per_loss` make if it skips losses whose `da[:, :, k]` is zero, and why is the answer so different
# from section 3? Which of the two roads is missing at most states?
#
# === BEGIN MARK SCHEME ===
# 1 point: 1000 and 1000.
#
# 1 point: there is only one loss, so one traversal; nothing joins on the way, the tree has one branch and is the graph.
#
# 1 point: the loss path is zero everywhere but at the last state; at all others the time path alone arrives.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-cost", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# Both make 1000 calls. With a single loss there is a single traversal, from the last cell to the first, and no joins, so
# the tree of paths is the graph itself. At every state but the last one the loss path is zero, and only the time path
# brings a gradient.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Say where each gradient at a state comes from, and why the two are added.
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
# Upstream of a cell is everything that used its result. The state $a^{\langle t \rangle}$ was used by its own prediction
# and by the next cell, so two gradients come from upstream, and they add.
#
# ### Why is there a `da` for every step when the cell already returns `da_prev`? Are they the same? Do I ignore my own result?
#
# They are different, and you use both. See the picture with two roads: `da[:, :, t]` is blue, your own result is orange.
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
