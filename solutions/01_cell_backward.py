# %% [markdown]
# # Lesson 1: one RNN cell, backward
#
# A recurrent network is one small cell, used again at every time step. Whoever can send a gradient back through **one**
# cell has most of backpropagation through time in hand; the rest is bookkeeping, and it comes in lesson 2.
#
# In this lesson you write the backward pass of one cell in NumPy, in four short functions. After each of them a check
# compares your gradients with exact ones and tells you what is wrong, where, and often why.
#
# **You need:** matrix products, the chain rule for one variable, NumPy arrays. **Time:** about an hour.
# **Points:** 20, of which 16 are given by the checks and 4 for a written answer.
#
# Run the cells from top to bottom with Shift+Enter.

# %%
import numpy as np

from bptt import check, inputs, rnn, viz, widgets

# %% [markdown]
# ## 1 What goes in, what comes out, what is kept
#
# At step $t$ the cell takes the input $x^{\langle t \rangle}$ (`xt`) and its own state of the step before,
# $a^{\langle t-1 \rangle}$ (`a_prev`). It weighs both, adds a bias, and squashes the sum:
#
# $$z = W_{ax}\, x^{\langle t \rangle} + W_{aa}\, a^{\langle t-1 \rangle} + b_a
# \qquad\qquad a^{\langle t \rangle} = \tanh(z)$$
#
# The new state (`a_next`) leaves the cell in two directions: up, to the prediction of this step, and on, to the next
# cell.
#
# We process $m$ examples side by side, one in each **column**. These are all the shapes that you will meet:
#
# | array | shape | what it is |
# |---|---|---|
# | `xt` | $(n_x, m)$ | input at this step |
# | `a_prev`, `a_next` | $(n_a, m)$ | state before and after this step |
# | `Wax` | $(n_a, n_x)$ | weights of the input |
# | `Waa` | $(n_a, n_a)$ | weights of the state |
# | `ba` | $(n_a, 1)$ | bias, the same for all examples |
#
# The forward pass, `rnn.rnn_cell_forward`, is written for you. Along with its results it hands back a **cache**: what the
# backward pass will want to see again. `inputs.rnn_cell` draws random numbers, runs the forward pass on them, and gives us
# that cache (and `da_next`, which is explained in section 2).

# %%
da_next, cache = inputs.rnn_cell(seed=1, n_x=3, n_a=5, n_y=2, m=4)

print("fields of the cache:", ", ".join(cache._fields))
print("parameters:         ", ", ".join(f"{name} {array.shape}" for name, array in cache.parameters.items()))
print("a_next:             ", cache.a_next.shape)

# %% [markdown]
# (`Wya` and `by` make the prediction. They have their turn in lesson 2.)
#
# Why keep `a_next`, when it could be computed again from the rest? Because tanh has been paid for once, and reading a
# number is cheaper than computing it. The backward pass needs the slope of tanh, and there are two ways to write it:
# `1 - np.tanh(z)**2` and `1 - a_next**2`. In our inputs `a_next` really is `tanh(z)`, so both give the same number.
# Compare what they cost (µs are millionths of a second, ms are thousandths):

# %%
z_large = np.random.default_rng(0).standard_normal((256, 256))
a_large = np.tanh(z_large)
print("same number:", np.array_equal(1 - a_large**2, 1 - np.tanh(z_large) ** 2))

# %%
# %timeit -n 30 -r 1 1 - a_large**2
# %timeit -n 30 -r 1 1 - np.tanh(z_large)**2

# %% [markdown]
# ## 2 The cell as a graph
#
# Here is the same cell drawn as a graph. Each node does one small thing; each small square is one number of an
# array. Follow the values from left to right.

# %%
viz.cell_graph(cache)

# %% [markdown]
# **The question of this lesson.** Somebody, further on, has found out how the loss $J$ feels about `a_next`: if entry
# `[i, j]` of `a_next` grew by a tiny amount, the loss would grow by `da_next[i, j]` times that amount. This array,
# `da_next`, is given to us; where it comes from is the business of lesson 2.
#
# How does the loss feel about everything that **entered** the cell? We write $d\,\mathit{something}$ for the gradient of
# the loss with respect to that something, and it always has the same shape:
#
# | entered the cell | its gradient | shape |
# |---|---|---|
# | `xt` | `dxt` | $(n_x, m)$ |
# | `a_prev` | `da_prev` | $(n_a, m)$ |
# | `Wax` | `dWax` | $(n_a, n_x)$ |
# | `Waa` | `dWaa` | $(n_a, n_a)$ |
# | `ba` | `dba` | $(n_a, 1)$ |
#
# We walk through the graph from right to left, one node at a time. The rule at each node is the same: *what arrives from
# the right, times what this node does locally*.

# %% [markdown]
# ## 3 First with plain numbers
#
# Before matrices, take a cell with one feature everywhere and one example. Then every array is a single number, and the
# chain rule is the one from school. (The names are those of the arrays, but in this section each is one number.)

# %%
xt, a_prev = 0.5, -0.2
Wax, Waa, ba = 1.2, 0.7, 0.1

z = Wax * xt + Waa * a_prev + ba
a_next = np.tanh(z)
print(f"z = {z:.4f}    a_next = {a_next:.4f}")

# %% [markdown]
# Suppose that `da_next` is 2: the loss grows twice as fast as `a_next`. How fast does it grow with `xt`? Nudge it and
# see. A nudge of `xt` changes `z` by `Wax` times as much, and `z` changes `a_next` by the slope of tanh at that place.

# %%
nudge = 1e-6
a_nudged = np.tanh(Wax * (xt + nudge) + Waa * a_prev + ba)

print("measured by a nudge:        ", 2 * (a_nudged - a_next) / nudge)
print("da_next x slope x Wax:      ", 2 * (1 - a_next**2) * Wax)

# From here on these names belong to arrays again.
del xt, a_prev, Wax, Waa, ba, z, a_next

# %% [markdown]
# The product in the second line has three factors, and each is one node of the graph: what arrives (`da_next`), what
# tanh does (its slope), what the multiplication does (`Wax`). The first two factors are there whatever we ask for, `xt`
# or `Waa` or `ba`. So we compute their product once and give it a name:
#
# $$dz = \frac{\partial J}{\partial z}$$
#
# (Many texts call this array `dtanh`. It is the gradient *before* tanh, at $z$, so we call it `dz`.)

# %% [markdown]
# ## 4 Back through tanh
#
# The first stop on the way back. Lit in the picture: the node where we stand, with what has arrived there so far. (At the
# black dot two roads meet, blue and orange; `da_next` is what both bring together. Lesson 2 is about them.)

# %%
viz.cell_graph(cache, gradients={"da_next": da_next}, highlight="tanh")

# %% [markdown]
# tanh works on each entry by itself: `a_next[i, j]` depends on `z[i, j]` and on no other entry. So there is nothing to
# sum here. Each entry of `da_next` is multiplied by the slope of tanh at its own place.
#
# The next picture shows that slope twice: on the left against $z$, on the right against the output $a = \tanh(z)$. The dots
# are the entries of our cache.

# %%
viz.tanh_slope(cache.a_next)

# %% [markdown]
# The right-hand curve is the useful one, because the output is what the cache holds. Where does it come from?
#
# $$\tanh(z) = \frac{\sinh z}{\cosh z} \quad\Rightarrow\quad \tanh'(z) = \frac{\cosh^2 z - \sinh^2 z}{\cosh^2 z}
# = 1 - \tanh^2(z)$$
#
# Look at the shaded zones, too: where $a$ is close to $1$ or $-1$ the slope is almost zero, and hardly any gradient comes
# through. Such a unit is called *saturated*. Keep it in mind for lesson 2, where the gradient passes through many tanhs
# in a row.
#
# ### Exercise 1: `rnn_cell_dz` (about 2 lines)
#
# Compute `dz` from `da_next` and the cache. The fields of the cache are there by name: `cache.a_next`, `cache.a_prev`,
# `cache.xt`, `cache.parameters`.


# %% nbgrader={"grade": false, "grade_id": "rnn_cell_dz", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_cell_dz(da_next, cache):
    """Send the gradient back through tanh.

    da_next: gradient of the loss with respect to a_next, (n_a, m)
    cache:   RNNCellCache with a_next, a_prev, xt, parameters
    returns: dz, gradient of the loss with respect to z, (n_a, m)
    """
    ### BEGIN SOLUTION
    slope = 1 - cache.a_next**2
    return da_next * slope
    ### END SOLUTION


# %% [markdown]
# The next cell checks your function on three sets of random inputs of different shapes. Stuck? Run
# `check.hint("rnn_cell_dz")` in a new cell; every call goes one step further.

# %% nbgrader={"grade": true, "grade_id": "check-dz", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.rnn_cell_dz(rnn_cell_dz)
### BEGIN HIDDEN TESTS
check.rnn_cell_dz(rnn_cell_dz, seed=7301)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Back to what flowed in: `dxt` and `da_prev`
#
# One node further left is a sum of three terms. A sum passes the gradient on unchanged: if one term grows by a little,
# the sum grows by just as much. So each of the three terms, $W_{ax} x$, $W_{aa} a_{prev}$ and $b_a$, receives `dz` as it
# is.
#
# Now the product $W_{ax} x$. Write out one entry of $z$, that of unit $i$ and example $j$:
#
# $$z_{ij} = \sum_k W_{ik}\, x_{kj} + \dots$$
#
# Which entries of $z$ does the one number $x_{kj}$ touch? All those in column $j$: $z_{0j}, z_{1j}, \dots$, each of them
# once, and each time multiplied by the weight $W_{ik}$ on the way. A value that is used several times collects the **sum**
# of what comes back from all its uses:
#
# $$dx_{kj} = \sum_i W_{ik}\, dz_{ij}$$
#
# **A small example.** One example, two units in the state, three inputs. Input 0 touched both units: unit 0 with weight 1,
# unit 1 with weight 3. Its gradient is made of both.

# %%
Wax_small = np.array([[1.0, 0.0, 2.0], [3.0, -1.0, 0.5]])
dz_small = np.array([[10.0], [1.0]])

dx_first = Wax_small[0, 0] * dz_small[0, 0] + Wax_small[1, 0] * dz_small[1, 0]
print("gradient of input 0: 1 * 10 + 3 * 1 =", dx_first)

# %% [markdown]
# You could now write two nested loops. But look at the sum over $i$: it runs over the **first** index of $W$ and the
# first index of $dz$. A matrix product sums over the *second* index of its left factor and the *first* of its right one.
# What has to be done to $W$ so that the two meet? (A matrix whose rows have become columns is called *transposed*; NumPy
# writes `W.T`.)
#
# Shapes help to answer. The picture shows the product of the **forward** pass: the two inner sizes meet and vanish, the
# outer ones stay (the other two terms of $z$ are left aside). For `dxt` you have `dz` $(n_a, m)$ and `Wax` $(n_a, n_x)$, and want $(n_x, m)$.

# %%
viz.product_shapes(("Wax", "n_a", "n_x"), ("xt", "n_x", "m"), ("z", "n_a", "m"))

# %% [markdown]
# Shapes are a good guide and a bad judge: `Waa` is square, so for `da_prev` *two* products have a fitting shape, and only
# one is right. There, go by the sum: it is the one above, with $W_{aa}$ in the place of $W_{ax}$.
#
# ### Exercise 2: `rnn_cell_inputs_backward` (about 3 lines)
#
# From here on `dz` is given: a mistake in exercise 1 costs nothing here.


# %% nbgrader={"grade": false, "grade_id": "rnn_cell_inputs_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_cell_inputs_backward(dz, cache):
    """Send the gradient on to what flowed into the cell.

    dz:      gradient of the loss with respect to z, (n_a, m)
    cache:   RNNCellCache with a_next, a_prev, xt, parameters
    returns: a dict with "dxt" (n_x, m) and "da_prev" (n_a, m)
    """
    Wax, Waa = cache.parameters["Wax"], cache.parameters["Waa"]
    ### BEGIN SOLUTION
    dxt = Wax.T @ dz
    da_prev = Waa.T @ dz
    return {"dxt": dxt, "da_prev": da_prev}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-dxt", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.rnn_cell_inputs_backward(rnn_cell_inputs_backward, only=["dxt"])
### BEGIN HIDDEN TESTS
check.rnn_cell_inputs_backward(rnn_cell_inputs_backward, only=["dxt"], seed=7302)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-da_prev", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.rnn_cell_inputs_backward(rnn_cell_inputs_backward, only=["da_prev"])
### BEGIN HIDDEN TESTS
check.rnn_cell_inputs_backward(rnn_cell_inputs_backward, only=["da_prev"], seed=7302)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Back to what is learnt: `dWax`, `dWaa`, `dba`
#
# The weights are what we are after in the end: training moves them against their gradients. Look at the same entry once
# more, and ask which entries of $z$ the one weight $W_{ik}$ touches:
#
# $$z_{ij} = \sum_k W_{ik}\, x_{kj} + \dots$$
#
# Now it is all those in **row** $i$: the weight is used once for **each example** $j$, and each time it is multiplied by
# that example's $x_{kj}$. All $m$ examples share one weight, so their wishes are added:
#
# $$dW_{ik} = \sum_j dz_{ij}\, x_{kj}$$
#
# The sum runs over the examples, the second index of both. So this time the other factor has to be transposed.
#
# **A small example.** Two examples share the weight from input 0 to unit 0. Example 0 pulls with `dz = 10` and had
# input 0.5; example 1 pulls with `dz = -4` and had input 2.

# %%
dz_row, x_row = np.array([10.0, -4.0]), np.array([0.5, 2.0])

print("gradient of that weight: 10 * 0.5 + (-4) * 2 =", (dz_row * x_row).sum())

# %% [markdown]
# The bias is the simplest case and the one where most slips happen. Forward, the one column `ba` is copied into all $m$
# columns of $z$ (NumPy calls it broadcasting). What was copied forward is summed backward:
#
# $$db_i = \sum_j dz_{ij}$$
#
# The picture shows it on some random `dz`. On its right is what becomes of the shape if the summed axis is dropped.

# %%
some_dz, _ = inputs.rnn_cell(seed=2)

viz.bias_columns(some_dz)

# %% [markdown]
# Some texts divide these sums by $m$, others do not. In this course the gradient of a sum is a sum: if the loss is an
# average over the examples, its own gradient carries the $1/m$, and it has reached us inside `da_next`.
#
# ### Exercise 3: `rnn_cell_parameters_backward` (about 4 lines)


# %% nbgrader={"grade": false, "grade_id": "rnn_cell_parameters_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_cell_parameters_backward(dz, cache):
    """Send the gradient on to the cell's weights and bias.

    dz:      gradient of the loss with respect to z, (n_a, m)
    cache:   RNNCellCache with a_next, a_prev, xt, parameters
    returns: a dict with "dWax" (n_a, n_x), "dWaa" (n_a, n_a) and "dba" (n_a, 1)
    """
    ### BEGIN SOLUTION
    dWax = dz @ cache.xt.T
    dWaa = dz @ cache.a_prev.T
    dba = dz.sum(axis=1, keepdims=True)
    return {"dWax": dWax, "dWaa": dWaa, "dba": dba}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-dWax", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.rnn_cell_parameters_backward(rnn_cell_parameters_backward, only=["dWax"])
### BEGIN HIDDEN TESTS
check.rnn_cell_parameters_backward(rnn_cell_parameters_backward, only=["dWax"], seed=7303)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dWaa", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.rnn_cell_parameters_backward(rnn_cell_parameters_backward, only=["dWaa"])
### BEGIN HIDDEN TESTS
check.rnn_cell_parameters_backward(rnn_cell_parameters_backward, only=["dWaa"], seed=7303)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dba", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.rnn_cell_parameters_backward(rnn_cell_parameters_backward, only=["dba"])
### BEGIN HIDDEN TESTS
check.rnn_cell_parameters_backward(rnn_cell_parameters_backward, only=["dba"], seed=7303)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 The whole cell
#
# Put the pieces together. This is the function that lesson 2 will call at every time step, so its name and its form
# matter: `rnn_cell_backward(da_next, cache)` returns **one dict with all five gradients**.
#
# ### Exercise 4: `rnn_cell_backward` (about 4 lines)


# %% nbgrader={"grade": false, "grade_id": "rnn_cell_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_cell_backward(da_next, cache):
    """Send the gradient back through one RNN cell.

    da_next: gradient of the loss with respect to a_next, (n_a, m)
    cache:   RNNCellCache with a_next, a_prev, xt, parameters
    returns: a dict with "dxt", "da_prev", "dWax", "dWaa" and "dba"
    """
    ### BEGIN SOLUTION
    dz = rnn_cell_dz(da_next, cache)
    inflow = rnn_cell_inputs_backward(dz, cache)
    learnt = rnn_cell_parameters_backward(dz, cache)
    return {**inflow, **learnt}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-rnn_cell_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.rnn_cell_backward(rnn_cell_backward)
### BEGIN HIDDEN TESTS
check.rnn_cell_backward(rnn_cell_backward, seed=7304)
### END HIDDEN TESTS

# %% [markdown]
# All right? Then watch your own gradients flow through the graph of section 2. Each step lights one node, and shows what
# arrives there, what the node does with it, and the line that does it. (Until exercise 4 is done, you see the exact gradients.)

# %%
widgets.cell_walk(rnn_cell_backward, da_next, cache)

# %% [markdown]
# ## 8 How does the check know?
#
# Not from an answer key: the package that you have installed contains no formula of a backward pass. It knows from the
# forward pass alone, by a refined way of nudging. You can do the plain way yourself. Choose a weight, nudge it up and down, and see how
# $J = \sum_{ij} \texttt{da\_next}_{ij}\, a^{\langle t \rangle}_{ij}$ changes. (This is a stand-in for the loss, chosen so
# that its gradient with respect to `a_next` is `da_next`.)

# %%
row, column, nudge = 2, 1, 1e-6


def stand_in_loss(Wax):
    """Return J, as a function of the input weights alone."""
    a_next, _, _ = rnn.rnn_cell_forward(cache.xt, cache.a_prev, {**cache.parameters, "Wax": Wax})
    return (da_next * a_next).sum()


up, down = cache.parameters["Wax"].copy(), cache.parameters["Wax"].copy()
up[row, column] += nudge
down[row, column] -= nudge

gradients = rnn_cell_backward(da_next, cache)
print("by nudging:       ", (stand_in_loss(up) - stand_in_loss(down)) / (2 * nudge))
print("by your function: ", gradients["dWax"][row, column])

# %% [markdown]
# The two agree in nine or ten digits, and no more: nudging subtracts two almost equal numbers. It also takes two forward
# passes for *each* number in the cell, while your backward pass yields the gradients of all of them for about the price
# of one forward pass. That is why backpropagation is worth writing.

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-reuse-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 In your own words (4 points, read by a person)
#
# A fellow student writes `dba = dz.mean(axis=1)`. Her training stops at `ba -= learning_rate * dba` with the message
# *non-broadcastable output operand*. She adds `.reshape(-1, 1)`. Now it runs, and on a test with a single example
# ($m = 1$) all her gradients are right. But when she trains with 32 examples at once, the bias learns strangely slowly.
#
# In three to six sentences: what **two** things were wrong with her line, why did the test with one example miss the
# second one, and how does the sum rule ("a value that is used several times collects the sum") tell what the line has
# to do?
#
# === BEGIN MARK SCHEME ===
# 1 point: mean(axis=1) drops the summed axis, so dba was (n_a,) and no longer had the shape (n_a, 1) of ba.
#
# 1 point: the mean is m times smaller than the sum, so with 32 examples the bias moves 32 times too slowly.
#
# 1 point: with m = 1 the mean and the sum are the same number, so that test could not see it.
#
# 1 point: the bias is one value that is copied to m examples, so its gradient is the sum over the examples.
#
# Give the points for the idea, not for the words. A correct line of code without a reason earns at most 2 in all.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-reuse", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# Her line drops the axis that it averages over, so the result is (n_a,) where ba is (n_a, 1), and the two cannot be
# combined in place. And it takes a mean, which is m times smaller than the sum; with m = 1 the two are equal, so her test
# could not tell. The bias is one column that is copied to all m examples, so by the sum rule its gradient is the sum of dz
# over the examples, kept in the shape of ba.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Send a gradient through one RNN cell, and say for each of the five results which sum it is.
# - Read off the shapes which factor must be transposed, and know when shapes are not enough.
# - Test a gradient without an answer key.
#
# **Something to think about before lesson 2.** `da_prev` leaves this cell to the left. Who receives it, and under which
# name? And `a_next` left the cell in *two* directions: how many gradients come back to it?
#
# ## Questions people ask
#
# ### My `dba` is `(5,)` and NumPy says "non-broadcastable output operand"
#
# Your sum has dropped the axis that it summed over. `ba` is $(5, 1)$, and `dba` has to be too. NumPy's `sum` has an
# argument that keeps the axis, with length 1: look for it with `np.sum?` in a new cell.
#
# ### My cell passes alone, the sequence is wrong
#
# Then the mistake is probably in the loop over time. Lesson 2 checks your loop with an exact cell in place of yours, so it
# can tell you which of the two it is.
#
# ### I changed the function and the result did not change
#
# Run the cell that defines it again; editing alone changes nothing. The report of a check ends by naming the cell that
# it got the function from, such as `In [12]`. If in doubt: *Kernel*, then *Restart Kernel and Run up to Selected Cell*.
#
# ### I used `1 - np.tanh(z)**2`, is that wrong?
#
# It is right, and it passes. It computes a tanh that was already known; you measured the price in section 1. (In other
# courses the test inputs are sometimes independent random arrays, where `a_next` is *not* `tanh(z)`. There, one of two
# right formulas is marked wrong. Ours are made by the forward pass.)
#
# ### Should I divide by `m`?
#
# Not here. The sum over examples is what the chain rule gives. If the loss is a mean, its own gradient contains the
# $1/m$, and it comes to you inside `da_next`. Dividing again would divide twice.
