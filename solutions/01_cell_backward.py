# %% [markdown]
# # Lesson 1: one RNN cell, backward
#
# Click on the next cell and press Shift+Enter: one small cell, used four times, reads a name and says at each letter
# what should follow. If it is wrong at the end, **which of its numbers is to blame, and how much?**

# %%
import numpy as np

from bptt import check, inputs, rnn, viz, widgets

viz.unrolled("rex")

# %% [markdown]
# A recurrent network (RNN) reads a sequence piece by piece: the letters of a name, the words of a review. At each step
# its **cell** takes the next letter and the **state** of the step before, and computes a new state. From that state it
# predicts which letter comes next. The cell is one and the same at every step, with the same weights.
#
# A prediction is one probability for each letter, and the **loss** of a step is $-\log p$ of the letter that really
# follows: 0.7 if the network gave it $p = 0.5$, and 3.0 if it gave it only 0.05. Suppose that the loss of the last step
# is large. To do better next time, training has to know how far that loss moves with each number that went into the
# cell: which weight to raise, and which to lower. A dozen lines of yours will tell it, for all of them at once. Lesson
# 2 calls such a function at every step of a sequence, and lesson 4 trains networks with what you have built.
#
# **Afterwards you can** send a gradient back through a recurrent cell, say what is added up in each of its five
# results, and test it without an answer key.
#
# **You need:** sections 1 to 6 of lesson 0, or the same from elsewhere: the slope of tanh, the way back through a matrix
# product, the sum over several uses.
# **Time:** about an hour. **Points:** 20, of which 16 are given by the checks and 4 for a written answer.
#
# Run the cells from top to bottom with Shift+Enter.

# %% [markdown]
# ## 1 What goes in, what comes out, what is kept
#
# At step $t$ the cell takes the input $x^{\langle t \rangle}$ (`xt`) and its own state of the step before,
# $a^{\langle t-1 \rangle}$ (`a_prev`). It multiplies both by weights, adds a bias, and squashes the sum with tanh:
#
# $$z = W_{ax}\, x^{\langle t \rangle} + W_{aa}\, a^{\langle t-1 \rangle} + b_a
# \qquad\qquad a^{\langle t \rangle} = \tanh(z)$$
#
# A function such as tanh is called an activation function and its output an *activation*; that is why the state is called
# $a$. The new state (`a_next`) leaves the cell in two directions: up, to the prediction of this step, and on, to the next
# cell.
#
# We process $m$ examples side by side, one in each **column**. The input of one example has $n_x$ numbers, its state
# has $n_a$ numbers, one for each **unit** of the cell. These are the shapes that you need:
#
# | array | shape | what it is |
# |---|---|---|
# | `xt` | $(n_x, m)$ | input at this step |
# | `a_prev`, `a_next` | $(n_a, m)$ | state before and after this step |
# | `Wax` | $(n_a, n_x)$ | weights of the input |
# | `Waa` | $(n_a, n_a)$ | weights of the state |
# | `ba` | $(n_a, 1)$ | bias, the same for all examples |
#
# The forward pass, `rnn.rnn_cell_forward`, is written for you. Along with its results it returns a cache: what the
# backward pass needs again. `inputs.rnn_cell` runs the forward pass on random numbers and gives us that cache. It also
# gives us `da_next`, the gradient that arrives from the right.

# %%
da_next, cache = inputs.rnn_cell(seed=1, n_x=3, n_a=5, n_y=2, m=4)

print("fields of the cache:", ", ".join(cache._fields))
print("parameters:         ", ", ".join(f"{name} {array.shape}" for name, array in cache.parameters.items()))
print("a_next:             ", cache.a_next.shape)

# %% [markdown]
# (`Wya` and `by` make the prediction. You will need them in lesson 2.)

# %% [markdown]
# ## 2 The cell as a graph
#
# Here is the same cell drawn as a graph. Each node does one small thing; each small square is one number of an
# array. Follow the values from left to right.

# %% tags=["skip-execution"]
viz.cell_graph(cache)

# %% [markdown]
# **Where we start.** At the right end arrives `da_next`, the gradient of the loss $J$ with respect to `a_next`: if
# entry `[i, j]` of `a_next` moves by a tiny amount, the loss moves `da_next[i, j]` times as far. In lesson 2 you
# compute it from the losses; here it is random.
#
# **Where we want to get.** For everything that **entered** the cell we want the gradient of the loss. Each has the shape
# of what it belongs to:
#
# | entered the cell | its gradient | shape |
# |---|---|---|
# | `xt` | `dxt` | $(n_x, m)$ |
# | `a_prev` | `da_prev` | $(n_a, m)$ |
# | `Wax` | `dWax` | $(n_a, n_x)$ |
# | `Waa` | `dWaa` | $(n_a, n_a)$ |
# | `ba` | `dba` | $(n_a, 1)$ |
#
# We walk through the graph from right to left, one node at a time, by the rule of lesson 0: *the gradient that arrives,
# times what this node does locally*.

# %% [markdown]
# ## 3 First with plain numbers
#
# Before matrices, take a cell with one input, one unit and one example. Then every array is a single number. Suppose
# that `da_next` is 2: the loss moves twice as far as `a_next`. How far does it move with `xt`? Nudge it and see. Beside
# it stands the chain rule: a nudge of `xt` is multiplied by `Wax` on its way to `z`, and by the slope of tanh on its way to
# `a_next`.


# %% tags=["skip-execution"]
def plain_cell(xt, a_prev=-0.2, Wax=1.2, Waa=0.7, ba=0.1):
    """Return z and a_next of a cell that is made of single numbers."""
    z = Wax * xt + Waa * a_prev + ba
    return z, np.tanh(z)


nudge = 1e-6
z, a = plain_cell(xt=0.5)
_, a_nudged = plain_cell(xt=0.5 + nudge)
slope = (np.tanh(z + nudge) - a) / nudge

print(f"measured by a nudge of xt:     {2 * (a_nudged - a) / nudge:.5f}")
print(f"da_next times slope times Wax: {2 * slope * 1.2:.5f}")

# From here on these names belong to arrays.
del z, a, slope

# %% [markdown]
# The product has three factors, and each is one node of the graph: what arrives (`da_next`), what tanh does (its slope),
# what the multiplication does (`Wax`). The first two are there whatever we ask for, `xt` or `Waa` or `ba`. So we compute
# their product once and give it a name:
#
# $$dz = \frac{\partial J}{\partial z}$$
#
# (Many texts call this array `dtanh`. It is the gradient *before* tanh, at $z$, so we call it `dz`.)

# %% [markdown]
# ## 4 Back through tanh
#
# The first stop on the way back. Lit in the picture: the node where we stand, with what has arrived there so far. (At the
# black dot two roads meet, blue and orange; `da_next` is what both bring together. Lesson 2 is about them.)

# %% tags=["skip-execution"]
viz.cell_graph(cache, gradients={"da_next": da_next}, highlight="tanh")

# %% [markdown]
# tanh works on each entry by itself, so each entry of `da_next` is multiplied by the slope of tanh at its own place. The
# next picture shows that slope twice: on the left against $z$, on the right against the output $a = \tanh(z)$, which is
# what the cache holds. The dots are the entries of our cache.

# %% tags=["skip-execution"]
viz.tanh_slope(cache.a_next)

# %% [markdown]
# Look at the shaded zones: where $a$ is close to $1$ or $-1$ the slope is almost zero, and hardly any gradient comes
# through. Such a unit is called *saturated*. Keep it in mind for lesson 2, where the gradient passes through many tanhs
# in a row.
#
# ### Exercise 1: `rnn_cell_dz` (about 2 lines)
#
# Compute `dz` from `da_next` and the cache. It is exercise 1 of lesson 0 in a new place. The fields of the cache are
# there by name: `cache.a_next`, `cache.a_prev`, `cache.xt`, `cache.parameters`.


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
# Why does the cache keep `a_next`, when it could be computed again? Because reading a number is cheaper than computing it.
# Compare the two ways to write the slope (µs are millionths of a second, ms are thousandths):

# %% tags=["skip-execution"]
z_large = np.random.default_rng(0).standard_normal((256, 256))
a_large = np.tanh(z_large)
print("same numbers:", np.array_equal(1 - a_large**2, 1 - np.tanh(z_large) ** 2))

# %% tags=["skip-execution"]
# %timeit -n 30 -r 1 1 - a_large**2
# %timeit -n 30 -r 1 1 - np.tanh(z_large)**2

# %% [markdown]
# ## 5 Back to what flowed in: `dxt` and `da_prev`
#
# One node further left is a sum of three terms, $W_{ax}\, x^{\langle t \rangle}$, $W_{aa}\, a^{\langle t-1 \rangle}$ and
# $b_a$. A sum passes the gradient on, so each of them receives `dz` unchanged. The first two are the weighted input of
# lesson 0, once with the input and once with the state, and you know what comes back to an input:
#
# $$dX_{kj} = \sum_i W_{ik}\, dZ_{ij}$$
#
# **A small example with the state.** One example, two units. The state of unit 0 went into both units: into unit 0 with
# weight 2, into unit 1 with weight −1. Its gradient collects from both:

# %% tags=["skip-execution"]
Waa_small = np.array([[2.0, 0.5], [-1.0, 1.5]])
dz_small = np.array([[3.0], [4.0]])

print("gradient of state 0: 2 * 3 + (-1) * 4 =", (Waa_small[:, 0] * dz_small[:, 0]).sum())

# %% [markdown]
# For `dxt` the shapes alone tell which factor has to be transposed. But `Waa` is square, so for `da_prev` *two*
# products have a fitting shape, and only one is right. There, go by the sum.
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
# ## 6 Back to what is learned: `dWax`, `dWaa`, `dba`
#
# The weights are what training changes: it moves them against their gradients. A weight is used once for **each
# example**, and what comes back from all uses is added. With lesson 0's names:
#
# $$dW_{ik} = \sum_j dZ_{ij}\, X_{kj}$$
#
# $X$ is whatever the weights were multiplied by in the forward pass. What was that for `Wax`, and what for `Waa`?
#
# The bias is the simplest case and the one where most slips happen. Forward, the one column `ba` is copied into all $m$
# columns of $z$ (NumPy calls it broadcasting). What was copied forward is summed backward:
#
# $$db_i = \sum_j dZ_{ij}$$
#
# The picture shows it on some random `dz`. On its right is what becomes of the shape if the summed axis is dropped.

# %% tags=["skip-execution"]
some_dz, _ = inputs.rnn_cell(seed=2)

viz.bias_columns(some_dz)

# %% [markdown]
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
# Put the pieces together. A cell of this name and form is what your loop in lesson 2 calls at every time step (an exact
# one, until you paste in yours): `rnn_cell_backward(da_next, cache)` returns **one dict with all five gradients**. (The
# check puts exact functions in the place of your three, so an earlier mistake costs nothing here.)
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
    flowed_in = rnn_cell_inputs_backward(dz, cache)
    learned = rnn_cell_parameters_backward(dz, cache)
    return {**flowed_in, **learned}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-rnn_cell_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.rnn_cell_backward(rnn_cell_backward)
### BEGIN HIDDEN TESTS
check.rnn_cell_backward(rnn_cell_backward, seed=7304)
### END HIDDEN TESTS

# %% [markdown]
# That answers the question of the first screen: your function says, for one step, how far the loss moves with every
# number that went into the cell. Watch it at work in the graph of section 2. Each step lights one node, and shows what
# arrives there, what the node does with it, and the line that does it. (Until exercise 4 is done, you see the exact
# gradients.)

# %% tags=["skip-execution"]
widgets.cell_walk(rnn_cell_backward, da_next, cache)

# %% [markdown]
# ## 8 How does the check know?
#
# Not from an answer key. It computes the gradients from the forward pass alone, by a refined way of nudging. You can do
# the plain way yourself. Choose a weight, nudge it up and down, and see how $J = \sum_{ij} \texttt{da\_next}_{ij}\,
# a^{\langle t \rangle}_{ij}$ moves. (This stands in for the loss: its gradient with respect to `a_next` is `da_next`.)

# %% tags=["skip-execution"]
row, column = 2, 1


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
# The two agree in nine or ten digits, and no more: nudging subtracts two almost equal numbers. And it found *one*
# gradient with two forward passes. For all 77 numbers that went into this little cell it would need 154; your function
# finds all 77 gradients at once, for about the price of two.

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-reuse-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 In your own words (4 points, read by a person)
#
# A fellow student gives her cell a shortcut, so that the state is also passed on directly:
#
# $$z = W_{ax}\, x^{\langle t \rangle} + W_{aa}\, a^{\langle t-1 \rangle} + b_a \qquad\qquad
# a^{\langle t \rangle} = a^{\langle t-1 \rangle} + \tanh(z)$$
#
# She changes nothing else: the cache holds `a_next`, `a_prev`, `xt` and `parameters` as before, and she uses the
# backward pass of this lesson as it is. All five gradients come out wrong.
#
# In three to six sentences: which line makes **all five** wrong, and how can it be mended with what is in the cache? Which
# gradient is still wrong after that, what has to be added to it, and why? And why do the other four need no
# further change?
#
# === BEGIN MARK SCHEME ===
# 1 point: the slope `1 - a_next**2` in dz, because a_next is no longer the output of tanh; all five are made from dz.
#
# 1 point: the output of tanh is `a_next - a_prev`, so the slope is `1 - (a_next - a_prev)**2` (or tanh(z) is computed
# again from the cache).
#
# 1 point: da_prev lacks the road along the shortcut. A sum passes on, so da_next itself is added:
# `da_prev = Waa.T @ dz + da_next`, because a_prev is used twice.
#
# 1 point: xt, Wax, Waa and ba reach the loss through z alone, in the same way as before, so their formulas stay.
#
# Give the points for the idea, not for the words. Correct lines of code without a reason earn at most 2 in all.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-reuse", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# The line for dz makes all five wrong: its slope is `1 - a_next**2`, but a_next is no longer the output of tanh. That
# output is `a_next - a_prev`, so the slope is `1 - (a_next - a_prev)**2`. After that, da_prev is still wrong: a_prev is used twice
# now, in z and along the shortcut, and a sum passes the gradient on, so da_next is added to `Waa.T @ dz`. The input, both
# weights and the bias reach the loss only through z, as before, so their gradients need nothing but the right dz.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Send a gradient through one RNN cell, and say for each of the five results what is added up in it.
# - Read off the shapes which factor must be transposed, and know when shapes are not enough.
# - Test a gradient without an answer key.
#
# You have written the step that a recurrent network repeats, again and again, on its way back through time. Lesson 2
# puts a loop around it, and needs one more idea.
#
# **Something to think about before lesson 2.** `da_prev` leaves this
# cell to the left. Who receives it, and under which name? And `a_next` left the cell in *two* directions: how many
# gradients come back to it?
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
# it got the function from, such as `In [12]`. If in doubt, restart the kernel (in Colab: *Runtime*, *Restart session*)
# and run the cells from the top.
#
# ### I used `1 - np.tanh(z)**2`, is that wrong?
#
# It is right, and it passes. It computes a tanh that was already known; you measured the price after exercise 1. (In other
# courses the test inputs are sometimes independent random arrays, where `a_next` is *not* `tanh(z)`. There, one of two
# right formulas is marked wrong. Ours are made by the forward pass.)
#
# ### Should I divide by `m`?
#
# Not here. The sum over examples is what the chain rule gives. If the loss is a mean, its own gradient contains the
# $1/m$, and it comes to you inside `da_next`. Dividing again would divide twice.
