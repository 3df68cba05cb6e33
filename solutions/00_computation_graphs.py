# %% [markdown]
# # Lesson 0: computation graphs
#
# Backpropagation is one small rule, applied at one small node after another. In this lesson you learn the rule on
# graphs that fit on a postcard, write the way back through the nodes that every network in this course is made of,
# and join them to a network of two layers. Then you learn how to **prove** that a gradient is right, without an answer
# key.
#
# After each exercise a check compares your numbers with exact ones and tells you what is wrong, where, and often why.
#
# **You need:** the derivative of a function of one variable, matrix products, NumPy arrays. **Time:** 60 to 90 minutes.
# **Points:** 20, of which 16 are given by the checks and 4 for a written answer.
#
# Run the cells from top to bottom with Shift+Enter.

# %%
import numpy as np

from bptt import check, graphs, inputs, viz, widgets
from bptt.activations import sigmoid

# %% [markdown]
# ## 1 A derivative is the answer to a nudge
#
# Take $y = x^2$ at $x = 1.5$. Nudge $x$ a little, by $dx$, and look at how much $y$ moves, $dy$. Then by less, and by
# still less:


# %%
def square(x):
    """Return x squared."""
    return x**2


x = 1.5
for dx in (0.8, 0.4, 0.1, 0.01, 0.001):
    dy = square(x + dx) - square(x)
    print(f"dx = {dx:<5}    dy = {dy:.6f}    dy / dx = {dy / dx:.4f}")

# %% [markdown]
# Both shrink, but their ratio settles down: near $x = 1.5$, the change of $y$ is **3 times**
# the change of $x$. This factor is the derivative, $\frac{dy}{dx} = 2x = 3$. In the picture it is the slope of the
# straight line that the curve becomes when you look at it closely. Make the nudge `dx` smaller and smaller, then move `x`: where
# is the factor zero, and where is it negative?

# %%
widgets.nudge(square, x=1.5, dx=0.8)

# %% [markdown]
# Read a derivative like this from now on: *if this number grows by a tiny amount, that one grows by so many times as
# much*. Chains are then easy. If $z$ grows 5 times as fast as $y$, and $y$ grows 3 times as fast as $x$, then $z$ grows
# 15 times as fast as $x$: **along a road, factors are multiplied.** That is the chain rule.

# %% [markdown]
# ## 2 A graph documents every value
#
# Here is a small computation with two inputs, one step in each line:
#
# $$s = x + y \qquad\qquad c = s \cdot x$$
#
# Drawn as a graph, every step is a node, and every value that comes up on the way has a name and a place of its own.
# That is all that a computation graph is: a record of what was computed from what.

# %%
x, y = 3.0, 1.0
s = x + y
c = s * x

viz.small_graph({"x": x, "y": y, "s": s, "c": c})

# %% [markdown]
# **The question of all backpropagation** is asked at the right end: how does $c$ react when one of the numbers further
# left is nudged? We write $dx$ for the answer that belongs to $x$, and call it the *gradient* of $c$ with respect to
# $x$. (Until now $dx$ was the nudge itself. From here on it is what comes **back**. All texts share this double use.)
#
# We start at the right with $dc = 1$, because $c$ follows itself one to one, and walk to the left. At every node the
# rule is the same: *what arrives from the right, times what this node does locally.*
#
# **A product swaps.** Nudge $s$ in $c = s \cdot x$ by a tiny amount: $c$ moves $x$ times as much. Nudge $x$: $c$ moves
# $s$ times as much. Each factor receives what arrives, times the value of the **other** one.
#
# **A sum passes on.** Nudge $x$ in $s = x + y$: $s$ moves by the very same amount, and so it does for $y$. Each term
# receives what arrives, unchanged.

# %%
dc = 1.0
ds = dc * x  # the product: times the other factor
dx_product = dc * s
dx_sum = ds  # the sum: unchanged
dy = ds
print(f"ds = {ds}    dy = {dy}    dx along the product = {dx_product}    dx along the sum = {dx_sum}")

# %% [markdown]
# Now $x$ has received **two** gradients: it was used twice. Which of the two is right? Ask a nudge.

# %%
nudge = 1e-6
c_nudged = ((x + nudge) + y) * (x + nudge)
print(f"measured by a nudge of x: {(c_nudged - c) / nudge:.4f}")

# %% [markdown]
# Seven, which is 4 + 3. The nudge travels along both roads at once, and both bring about a change of $c$. So here is
# the second half of the rule:
#
# > **Along a road, factors are multiplied. Where roads meet, what they bring is added.**
#
# A value that is used several times collects the sum of the gradients of all its uses. If you remember one sentence of
# this course, let it be this one: everything that follows,
# lesson by lesson, is an application of it.
#
# Walk back through the graph yourself, one node at a time. Then change `x` and `y`: which gradients change with them?

# %%
widgets.small_walk(x, y)

# %% [markdown]
# ## 3 The way back through tanh and the sigmoid
#
# From here on we look at one piece of a larger graph. Far to the right there is one final number, the **loss**; think of
# the $c$ of section 2. $da$ is short for the gradient of the loss with respect to $a$. It arrives from the right, ready
# made, and your function sends it one node further to the left.
#
# Networks work on arrays, but tanh and the sigmoid treat each entry by itself: $a_{ij} = \tanh(z_{ij})$, and no other
# entry has a part in it. So every entry is a tiny graph of its own, with one node, and going back is one multiplication
# for each: what arrives ($da_{ij}$) times the slope.
#
# What is the slope? Write $u = e^z - e^{-z}$ and $v = e^z + e^{-z}$, so that $\tanh(z) = u / v$. Each is the derivative
# of the other one, $u' = v$ and $v' = u$. The rule for quotients does the rest:
#
# $$\tanh'(z) = \frac{u' v - u v'}{v^2} = \frac{v^2 - u^2}{v^2} = 1 - \left(\frac{u}{v}\right)^2 = 1 - \tanh^2(z)$$
#
# Now look at what stands there: $\tanh(z)$ is the **output** $a$. The slope can be had from the output alone, and the
# output has been computed already. That is why the way back is given $a$, and not $z$.
#
# ### Exercise 1: `tanh_backward` (1 or 2 lines)


# %% nbgrader={"grade": false, "grade_id": "tanh_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tanh_backward(da, a):
    """Send the gradient back through a = tanh(z).

    da:      gradient with respect to a, any shape
    a:       the OUTPUT of tanh, of the same shape
    returns: dz, gradient with respect to z, of the same shape
    """
    ### BEGIN SOLUTION
    slope = 1 - a**2
    return da * slope
    ### END SOLUTION


# %% [markdown]
# The next cell checks your function on three sets of random inputs. Stuck? Run `check.hint("tanh_backward")` in a new
# cell; every call goes one step further.

# %% nbgrader={"grade": true, "grade_id": "check-tanh_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.tanh_backward(tanh_backward)
### BEGIN HIDDEN TESTS
check.tanh_backward(tanh_backward, seed=7001)
### END HIDDEN TESTS

# %% [markdown]
# The sigmoid squeezes any number into the range from 0 to 1; you will meet it again in lesson 3. Its slope, step by
# step:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} \quad\Rightarrow\quad
# \sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2} = \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}}
# = \sigma(z)\,\bigl(1 - \sigma(z)\bigr)$$
#
# (The last step: $\frac{e^{-z}}{1 + e^{-z}}$ is what $\sigma(z)$ lacks to 1.) Again the output is enough.
#
# ### Exercise 2: `sigmoid_backward` (1 or 2 lines)


# %% nbgrader={"grade": false, "grade_id": "sigmoid_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid_backward(da, a):
    """Send the gradient back through a = sigmoid(z).

    da:      gradient with respect to a, any shape
    a:       the OUTPUT of the sigmoid, of the same shape
    returns: dz, gradient with respect to z, of the same shape
    """
    ### BEGIN SOLUTION
    slope = a * (1 - a)
    return da * slope
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-sigmoid_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.sigmoid_backward(sigmoid_backward)
### BEGIN HIDDEN TESTS
check.sigmoid_backward(sigmoid_backward, seed=7002)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 The way back through a weighted input
#
# The next node weighs and adds. It is the workhorse of every layer:
#
# $$Z = W X + b$$
#
# $X$ holds $m$ examples side by side, one in each **column**, and the one column $b$ is added to all of them:
#
# | array | shape | what it is |
# |---|---|---|
# | `X` | $(n_x, m)$ | inputs |
# | `W` | $(n_a, n_x)$ | weights |
# | `b` | $(n_a, 1)$ | bias, the same for all examples |
# | `Z` | $(n_a, m)$ | weighted inputs |
#
# A matrix product looks like something that needs a theory of its own. It does not. Write down **one element**, and you
# see sums and products, whose ways back you know:
#
# $$Z_{ij} = \sum_k W_{ik} X_{kj} + b_i$$
#
# Now pick one number on the right, ask where it is used, and collect.
#
# **One weight, $W_{ik}$.** It is used in row $i$ of $Z$, once for every example $j$, and each time its partner in the
# product is $X_{kj}$. A product swaps, and several uses add up:
#
# $$dW_{ik} = \sum_j dZ_{ij}\, X_{kj}$$
#
# **One input, $X_{kj}$.** It is used in column $j$ of $Z$, once for every unit $i$ (a unit is one row of $Z$), and its partner is $W_{ik}$:
#
# $$dX_{kj} = \sum_i W_{ik}\, dZ_{ij}$$
#
# **One bias, $b_i$.** It is used in row $i$, once for every example, and a sum passes on:
#
# $$db_i = \sum_j dZ_{ij}$$
#
# **A small example.** One unit, two inputs, two examples. The first weight met the input 0.5 in example 0, where the
# gradient 10 comes back, and the input 2 in example 1, where −4 comes back:

# %%
X_small = np.array([[0.5, 2.0], [1.0, 0.0]])
dZ_small = np.array([[10.0, -4.0]])

print("gradient of the first weight: 10 * 0.5 + (-4) * 2 =", (dZ_small[0] * X_small[0]).sum())
print("gradient of the bias:         10 + (-4)           =", dZ_small[0].sum())

# %% [markdown]
# From sums to matrices: a product `A @ B` sums over the **second** index of `A` and the **first** index of `B`. The
# picture shows it for the forward pass; the two inner sizes meet and vanish, the outer ones stay. In your formulas the
# letter under the sum says which indices have to meet, and where one stands in the wrong place, that array is transposed
# with `.T`.
#
# An example that is no answer here: in $P_{ik} = \sum_j Q_{ji} R_{kj}$ the $j$ has to be second on the left and first on
# the right. In $Q_{ji}$ it is first and in $R_{kj}$ second, so both are transposed: `Q.T @ R.T`.

# %%
viz.product_shapes(("W", "n_a", "n_x"), ("X", "n_x", "m"), ("W @ X", "n_a", "m"))

# %% [markdown]
# Shapes confirm it. **A gradient has the shape of what it belongs to**, and here only one product of the two arrays at
# hand comes out with that shape. (Mind that this is a test, not a proof: with square matrices, wrong products fit as
# well.)
#
# ### Exercise 3: `weighted_input_backward` (about 4 lines)


# %% nbgrader={"grade": false, "grade_id": "weighted_input_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weighted_input_backward(dZ, cache):
    """Send the gradient back through Z = W X + b.

    dZ:      gradient with respect to Z, (n_a, m)
    cache:   WeightedInputCache with X (n_x, m), W (n_a, n_x), b (n_a, 1); for example cache.X
    returns: a dict with "dW" (n_a, n_x), "db" (n_a, 1) and "dX" (n_x, m)
    """
    ### BEGIN SOLUTION
    dW = dZ @ cache.X.T
    db = dZ.sum(axis=1, keepdims=True)
    dX = cache.W.T @ dZ
    return {"dW": dW, "db": db, "dX": dX}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-dW", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.weighted_input_backward(weighted_input_backward, only=["dW"])
### BEGIN HIDDEN TESTS
check.weighted_input_backward(weighted_input_backward, only=["dW"], seed=7003)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-db", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.weighted_input_backward(weighted_input_backward, only=["db"])
### BEGIN HIDDEN TESTS
check.weighted_input_backward(weighted_input_backward, only=["db"], seed=7003)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-dX", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.weighted_input_backward(weighted_input_backward, only=["dX"])
### BEGIN HIDDEN TESTS
check.weighted_input_backward(weighted_input_backward, only=["dX"], seed=7003)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Where is the 1/m?
#
# Your `dW` is a sum over the examples. Many texts have $\frac{1}{m}$ in the same place. Both are right, each in its own
# book-keeping, and mixing them is a classic way to lose an evening. So here they are, side by side.
#
# The cost of a whole batch is usually the **mean** of the losses of its examples, $J = \frac{1}{m} \sum_j L_j$. The
# factor $\frac{1}{m}$ is a node of the graph like any other: a product with a constant, at the far right, just before
# the end. It has to come in once on the way back. Where?
#
# | | this course | the other convention |
# |---|---|---|
# | what `dZ` holds | the gradient of $J$: it carries the $\frac{1}{m}$ | the gradient of each example's own $L_j$ |
# | `dW` | $dZ\,X^T$, a sum | $\frac{1}{m}\,dZ\,X^T$, a mean |
# | `db` | sum over the examples | mean over the examples |
# | `dX` | $W^T dZ$ | $W^T dZ$, the same line (a layer further down divides by itself) |
#
# Ours is the chain rule and nothing else, so it holds for any node and for any loss, a mean or not. The other one
# spares one multiplication and has to know, in every layer, that a mean comes at the end. Try all combinations:

# %%
dZ_own, cache = inputs.weighted_input(seed=1, n_x=3, n_a=2, m=4)  # take dZ_own for the gradients of the L_j
m = dZ_own.shape[1]

ours = weighted_input_backward(dZ_own / m, cache)["dW"]
other = weighted_input_backward(dZ_own, cache)["dW"] / m
nobody_divides = weighted_input_backward(dZ_own, cache)["dW"]
both_divide = weighted_input_backward(dZ_own / m, cache)["dW"] / m

print("the two conventions agree:", np.allclose(ours, other))
print("nobody divides, in proportion to ours:", (nobody_divides / ours).mean().round(6))
print("both divide, in proportion to ours:   ", (both_divide / ours).mean().round(6))

# %% [markdown]
# Mixed, the gradient is too large or too small by **exactly** $m$, in every entry. That is how you recognise it: if
# your numbers differ from somebody else's by the number of examples, nobody has made a mistake in the calculus. You
# have divided in different places.

# %% [markdown]
# ## 6 A value that is used twice
#
# In section 2 you saw that $x$ collects two gradients. Here is the same with two roads that do something on the way, as
# in the gates that you will meet in lesson 3:
#
# $$p = \tanh(x) \qquad q = \sigma(x) \qquad c = p \cdot q$$
#
# Nudge $x$ by a tiny $\varepsilon$. Then $p$ moves by $\frac{dp}{dx}\varepsilon$ and $q$ by $\frac{dq}{dx}\varepsilon$.
# What does $c$ do? It feels both:
#
# $$\frac{dc}{dx} = \frac{\partial c}{\partial p} \cdot \frac{dp}{dx} + \frac{\partial c}{\partial q} \cdot \frac{dq}{dx}$$
#
# Some books call this the *multivariate chain rule*. It is the sentence from section 2: multiply along each road, add
# where they meet. (The curly $\partial$ says: nudge this one alone, and hold the other one still.)
#
# With plain numbers, at $x = 0.5$, measured by nudging one road at a time and then both:

# %%
x, nudge = 0.5, 1e-6
c = np.tanh(x) * sigmoid(x)
through_p = (np.tanh(x + nudge) * sigmoid(x) - c) / nudge
through_q = (np.tanh(x) * sigmoid(x + nudge) - c) / nudge
through_both = (np.tanh(x + nudge) * sigmoid(x + nudge) - c) / nudge
print(f"through p {through_p:.6f}   plus through q {through_q:.6f}   is {through_p + through_q:.6f}")
print(f"x nudged everywhere: {through_both:.6f}")

# %% [markdown]
# ### Exercise 4: `fan_out` (about 4 lines)
#
# Go back from `dc` to `x`, and return what you find on the way, too. The functions of exercises 1 and 2 are two of the
# nodes. (The check puts exact ones in their place, so a mistake there costs nothing here.)


# %% nbgrader={"grade": false, "grade_id": "fan_out", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fan_out(dc, cache):
    """Send the gradient back through c = p * q, where p = tanh(x) and q = sigmoid(x), entry by entry.

    dc:      gradient with respect to c, (n_a, m)
    cache:   FanOutCache with x, p, q, each (n_a, m); for example cache.p
    returns: a dict with "dp", "dq" and "dx", each (n_a, m)
    """
    ### BEGIN SOLUTION
    dp = dc * cache.q
    dq = dc * cache.p
    dx = tanh_backward(dp, cache.p) + sigmoid_backward(dq, cache.q)
    return {"dp": dp, "dq": dq, "dx": dx}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-fan_out-product", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.fan_out(fan_out, only=["dp", "dq"])
### BEGIN HIDDEN TESTS
check.fan_out(fan_out, only=["dp", "dq"], seed=7004)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-fan_out-dx", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.fan_out(fan_out, only=["dx"])
### BEGIN HIDDEN TESTS
check.fan_out(fan_out, only=["dx"], seed=7004)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 Proving it: nudge up, nudge down
#
# Until now a check has told you whether you are right. Outside of this course there is none, so learn to make your own.
# You know the idea: nudge every input and see what happens. Two things decide whether that is a proof or a guess: on
# **which sides** you nudge, and by **how much**.
#
# Suppose a function $f$ that takes an array and returns one number. Let us see what a nudge $h$ of one entry gives, by
# Taylor's theorem:
#
# $$f(x + h) = f(x) + h f'(x) + \tfrac{1}{2} h^2 f''(x) + \tfrac{1}{6} h^3 f'''(x) + \dots$$
#
# One nudge *up*, compared with $f(x)$, leaves $\frac{1}{2} h f''$ beside the derivative. But write the same line for
# $-h$ and subtract: all even terms cancel.
#
# $$\frac{f(x + h) - f(x - h)}{2 h} = f'(x) + \tfrac{1}{6} h^2 f'''(x) + \dots$$
#
# This is the **central difference**. With $h = 10^{-4}$ its error is of the size of $10^{-8}$, where the one-sided one
# has $10^{-4}$. It costs one more call of $f$, and is worth it.

# %%
x, slope = 1.0, np.cos(1.0)  # the derivative of sin is cos
for h in (0.1, 0.01, 0.001):
    one_sided = (np.sin(x + h) - np.sin(x)) / h
    central = (np.sin(x + h) - np.sin(x - h)) / (2 * h)
    print(f"h = {h:<5}    error: one side {abs(one_sided - slope):.1e}, both sides {abs(central - slope):.1e}")

# %% [markdown]
# Ten times smaller a nudge, and the first error is ten times smaller, the second one a hundred times.
#
# ### Exercise 5: `numerical_gradient` (about 7 lines)
#
# Nudge **one entry at a time**, of an array of any shape. A loop over `np.ndindex(x.shape)` visits all of its places:
# with each `index` that it gives, `x[index]` is the entry there. Take care to leave `x` as it was: `up = x` makes a
# second name for the same array, `up = x.copy()` makes a new one.


# %% nbgrader={"grade": false, "grade_id": "numerical_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def numerical_gradient(f, x, h=1e-5):
    """Measure the gradient of f at x with central differences.

    f:       a function that takes an array like x and returns one number
    x:       the array at which to measure
    h:       how far to nudge, up and down
    returns: dx, the gradient, of the shape of x
    """
    ### BEGIN SOLUTION
    dx = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        dx[index] = (f(up) - f(down)) / (2 * h)
    return dx
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-numerical_gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.numerical_gradient(numerical_gradient)
### BEGIN HIDDEN TESTS
check.numerical_gradient(numerical_gradient, seed=7005)
### END HIDDEN TESTS

# %% [markdown]
# ## 8 How far apart are two gradients?
#
# Your formula says 2.0001 and the nudges say 2.0000: is that the same number? And 0.0001 against 0.0002? The difference
# is the same. In the first case it is a matter of rounding, in the second one something is off by a factor of two. So
# measure the difference **in proportion** to what is compared:
#
# $$\text{relative error}(a, b) = \frac{\max |a - b|}{\max(|a|, |b|)}$$
#
# Above the line stands the largest difference of any two entries; below it, the largest entry of both arrays. So the
# result is one number for the two arrays. Two arrays that are all zeros agree: their relative error is 0.
#
# ### Exercise 6: `relative_error` (about 4 lines)


# %% nbgrader={"grade": false, "grade_id": "relative_error", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relative_error(a, b):
    """Compare two arrays in proportion to their size.

    a, b:    two arrays of one shape
    returns: the largest difference, without sign, divided by the largest entry of both arrays, without sign;
             0 if both arrays are all zeros
    """
    ### BEGIN SOLUTION
    scale = max(np.abs(a).max(), np.abs(b).max())
    if scale == 0:
        return 0.0
    return np.abs(a - b).max() / scale
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-relative_error", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.relative_error(relative_error)
### BEGIN HIDDEN TESTS
check.relative_error(relative_error, seed=7006)
### END HIDDEN TESTS

# %% [markdown]
# As a rule of thumb, with numbers of double precision and central differences with $h$ around $10^{-5}$:
#
# | relative error | what it tells |
# |---|---|
# | below $10^{-7}$ | the gradient is right |
# | in between | look again: a kink in the function, single precision, or a poor $h$ |
# | above $10^{-3}$ | the gradient is wrong |
#
# Why not make $h$ smaller and smaller, until there is no doubt left? Try it, on the graph of section 6 with one number.
# (The cell needs your functions from exercises 5 and 6.)


# %%
def graph(x):
    """Return the sum of all entries of c = tanh(x) * sigmoid(x)."""
    c, _ = graphs.fan_out_forward(x)
    return c.sum()


x = np.array([[0.7]])
h = 10.0 ** np.arange(-15.5, 0.1, 0.25)
exact = np.array([[graph(x + 1e-30j).imag / 1e-30]])  # more about this line below

viz.error_curve(
    h,
    both_sides=[relative_error(numerical_gradient(graph, x, step), exact) for step in h],
    one_side=[relative_error(np.array([[(graph(x + step) - graph(x)) / step]]), exact) for step in h],
    complex_step=[relative_error(np.array([[graph(x + 1j * step).imag / step]]), exact) for step in h],
)

# %% [markdown]
# Read the curve of *both sides* from right to left. At first the error falls, by a factor of 100 for each factor of 10:
# that is **truncation**, the terms that Taylor's series still has. Then it turns and **rises** again: that is
# **cancellation**. A computer keeps about 16 digits of $f(x + h)$ and of $f(x - h)$. The closer the two places are, the
# more of these digits agree, and they are lost in the difference. What remains is rounding, and it is then divided by a
# tiny $2 h$.
#
# The best nudge is a compromise. Central differences are best at some millionths, and reach 10 or 11 digits; with $h =
# 10^{-14}$ hardly two digits are left. A smaller nudge is not a better nudge.
#
# **The flat curve** gets no worse as $h$ shrinks. Nudge $x$ by an imaginary number, and nothing has to be subtracted (if complex numbers are new to you, take the next two lines on trust):
#
# $$f(x + i h) = f(x) + i h f'(x) - \tfrac{1}{2} h^2 f''(x) - \dots \quad\Rightarrow\quad
# f'(x) = \frac{\mathrm{Im}\, f(x + i h)}{h} + \text{terms with } h^2$$
#
# The real part keeps the value, the imaginary part carries the derivative, and the two never mix. So $h$ may be as
# small as $10^{-30}$, and the result is right to the last digit. This *complex step* is how the checks of this course
# know the truth: from the forward pass alone, without any backward formula. It asks for a function that accepts complex
# numbers, which not every function does. Central differences ask for nothing.

# %% [markdown]
# ## 9 Why the upstream gradient must be random
#
# `numerical_gradient` wants a function with **one** number as its result, but layers return whole arrays. The usual
# trick: choose an array $R$ of the shape of the output $Y$, and take
#
# $$J = \sum_{ij} R_{ij}\, Y_{ij}$$
#
# Then the gradient of $J$ with respect to $Y$ is $R$, so `R` is what you hand to your function as `dY`. The tempting
# choice is all-ones, $J = \sum Y_{ij}$. See what it overlooks. Here is a function that has forgotten to use what
# arrives:


# %%
def forgetful(da, a):
    """Go back through tanh, as if da were all ones."""
    return tanh_backward(np.ones_like(da), a)


rng = np.random.default_rng(1)
z = rng.standard_normal((3, 4))

for name, R in {"all-ones": np.ones((3, 4)), "random": rng.standard_normal((3, 4))}.items():
    measured = numerical_gradient(lambda z, R=R: (R * np.tanh(z)).sum(), z)
    print(f"{name:9} upstream: relative error {relative_error(forgetful(R, np.tanh(z)), measured):.1e}")

# %% [markdown]
# With ones, the wrong function looks perfect. Ones hide more than that: with `dZ` all ones, its rows and columns are
# all the same, so a wrong order or a wrong axis may not show. Worst of all are outputs whose sum is fixed, such as the
# probabilities of a softmax (lesson 2), which add up to 1: then $J$ is a constant, its true gradient is zero, and a function that
# returns zeros passes.
#
# A random $R$ gives every entry of the output a say of its own. Two wrongs then cancel only by a miracle.

# %% [markdown]
# ## 10 Two layers
#
# Time to put the nodes together. This network has a layer with tanh, and a second layer whose sigmoid decides how much
# of the first one passes:
#
# $$Z_1 = W_1 X + b_1 \qquad A_1 = \tanh(Z_1)$$
# $$Z_2 = W_2 A_1 + b_2 \qquad A_2 = \sigma(Z_2)$$
# $$Y = A_1 \odot A_2$$
#
# ($\odot$ multiplies entry by entry, as `*` does.) Draw the graph on paper, as in section 2, before you start: one node for each step, from $X$ to $Y$. How many
# arrows leave $A_1$?

# %%
dY, cache = inputs.two_layer(seed=1, n_x=3, n_a=5, m=4)

print("cache.first:  X ", cache.first.X.shape, "  W1", cache.first.W.shape, "  b1", cache.first.b.shape)
print("cache.second: A1", cache.second.X.shape, "  W2", cache.second.W.shape, "  b2", cache.second.b.shape)
print("cache.A1:", cache.A1.shape, "  cache.A2:", cache.A2.shape)

# %% [markdown]
# `cache.first` and `cache.second` are just what `weighted_input_backward` takes: each has fields `X`, `W` and `b`,
# whatever they are called in the equations. So each line of the forward pass becomes about one line of the way back, in
# reverse order.
#
# ### Exercise 7: `two_layer_backward` (about 9 lines)


# %% nbgrader={"grade": false, "grade_id": "two_layer_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def two_layer_backward(dY, cache):
    """Send the gradient back through the two layers.

    dY:      gradient with respect to Y, (n_a, m)
    cache:   TwoLayerCache with first (the cache of Z1), A1, second (the cache of Z2), A2
    returns: a dict with "dW1" (n_a, n_x), "db1" (n_a, 1), "dW2" (n_a, n_a), "db2" (n_a, 1) and "dX" (n_x, m)
    """
    ### BEGIN SOLUTION
    dA2 = dY * cache.A1
    dZ2 = sigmoid_backward(dA2, cache.A2)
    second = weighted_input_backward(dZ2, cache.second)
    # A1 is used twice: as a factor of Y, and as the input of the second layer.
    dA1 = dY * cache.A2 + second["dX"]
    dZ1 = tanh_backward(dA1, cache.A1)
    first = weighted_input_backward(dZ1, cache.first)
    layers = {"dW1": first["dW"], "db1": first["db"], "dW2": second["dW"], "db2": second["db"]}
    return {**layers, "dX": first["dX"]}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-two_layer_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.two_layer_backward(two_layer_backward)
### BEGIN HIDDEN TESTS
check.two_layer_backward(two_layer_backward, seed=7007)
### END HIDDEN TESTS

# %% [markdown]
# All right? Then believe it for a better reason than that a check has said so. Here is the proof with your own tools:
# your `numerical_gradient` against your `two_layer_backward`, with a random upstream gradient, measured with your
# `relative_error`.

# %%
first, _, second, _ = cache
given = {"X": first.X, "W1": first.W, "b1": first.b, "W2": second.W, "b2": second.b}
gradients = two_layer_backward(dY, cache)

for name, value in given.items():

    def stand_in_loss(nudged, name=name):
        """Return J as a function of one of the arrays, all others held still."""
        Y, _ = graphs.two_layer_forward(**{**given, name: nudged})
        return (dY * Y).sum()

    measured = numerical_gradient(stand_in_loss, value)
    print(f"d{name:3} relative error {relative_error(gradients['d' + name], measured):.1e}")

# %% [markdown]
# Keep these two small functions. Whatever you build later, they can tell you whether its gradient is right. They cannot
# take its place, though: they need two forward passes for **every number** in the network, and your way back yields all
# of them for about the price of one or two. For a million weights, that is the difference between a second and two
# weeks.

# %% [markdown] nbgrader={"grade": false, "grade_id": "prove-it-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 11 In your own words (4 points, read by a person)
#
# A fellow student has written the way back through a layer and tests it. First test: he nudges on one side with $h =
# 10^{-13}$, sees an *absolute* difference of $0.0006$ from his formula, and concludes that his formula is wrong. Second
# test: he takes a better $h$, lets the upstream gradient be all ones, sees a relative error of $10^{-9}$, and concludes
# that his formula is right.
#
# Neither conclusion is justified. In four to eight sentences: what is the error of the first test mostly made of, and
# which nudge would you advise? Why does the number 0.0006 alone say little? Give an example of a wrong formula that
# passes the second test. What should he do instead?
#
# === BEGIN MARK SCHEME ===
# 1 point: with so small a nudge the two values of f agree in nearly all digits; what is left after the subtraction is
# mostly rounding (cancellation), divided by a tiny h. A nudge around 1e-5, on both sides, is a good one (accept 1e-4 to
# 1e-6).
#
# 1 point: an absolute difference has to be compared with the size of the gradient: 0.0006 is tiny for a gradient of
# 1000 and everything for one of 0.0006. Hence the relative error.
#
# 1 point: a valid example, such as a formula that does not use the upstream gradient, one that sums or multiplies along
# a wrong axis where equal rows or columns hide it, or zeros behind a softmax.
#
# 1 point: project on a random upstream gradient, hand the same array to the formula, and compare with the relative
# error.
#
# Give the points for the idea, not for the words.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "prove-it", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# With a nudge of 1e-13 the two values of f have almost all their digits in common, so their difference is mostly
# rounding, and dividing by h makes it large: this is cancellation, and says nothing about the formula. I would nudge on
# both sides by about 1e-5. The number 0.0006 is small beside a gradient of 100 and huge beside one of 0.001, so it
# should be divided by the size of the gradients. With an upstream gradient of ones, a formula that forgets to multiply
# by the upstream gradient at all gives the right numbers. He should draw a random upstream gradient R, measure the
# gradient of the sum of R * Y with central differences, give R to his formula, and look at the relative error of the
# two.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Draw any computation as a graph, and send a gradient back through it, node by node.
# - Derive the way back through a matrix product from a single element, instead of remembering it.
# - Say what a value that is used several times receives, and why.
# - Prove a gradient with a nudge of the right size, a random upstream gradient and a relative error.
#
# **Something to think about before lesson 1.** A recurrent cell computes `tanh(Wax @ xt + Waa @ a_prev + ba)`. Which of
# your functions are its nodes, and how many gradients come out at its left end?
#
# ## Questions people ask
#
# ### Should I divide by `m`?
#
# Not inside the way back of this course. If the cost is a mean over the examples, its own gradient carries the
# $\frac{1}{m}$, and it reaches you inside `dZ`; dividing once more would divide twice. Texts that do divide hand on a
# `dZ` without it. Section 5 has both side by side: mixed up, the numbers differ by exactly $m$.
#
# ### Why add the two gradients, and not take their mean, or the larger one?
#
# Because the nudge is not shared out between the uses. Every use feels all of it, and each moves the result by its own
# amount. The result moves by both.
#
# ### Is `dx` a small change of `x`, or a gradient?
#
# In code it is a gradient: short for "how much the loss grows for each unit that x grows". It has the shape of `x`,
# always, because every entry of `x` has its own answer.
#
# ### How small should the nudge be?
#
# About $10^{-5}$ for central differences in double precision, if your numbers are of the size of 1. With single
# precision (float32) there are only 7 digits to lose, so nothing below about $10^{-2}$ is of use: check gradients in
# float64.
#
# ### Why not train with numerical gradients, if they need no formulas?
#
# They need two forward passes for each weight. Backpropagation gives all gradients at once. Nudging is for proving.
#
# ### I changed the function and the result did not change
#
# Run the cell that defines it again; editing alone changes nothing. The report of a check ends by naming the cell that
# it got the function from, such as `In [12]`. If in doubt: *Kernel*, then *Restart Kernel and Run All Cells*.
