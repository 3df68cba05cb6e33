# %% [markdown]
# # Lesson 0: computation graphs
#
# Click on the next cell and press Shift+Enter: you see what two networks have learned. **How?**

# %%
import numpy as np

from bptt import check, graphs, inputs, viz, widgets
from bptt.activations import sigmoid

viz.trained_networks()

# %% [markdown]
# Nobody told these networks what a name looks like, or which words are praise. Each began with random numbers, its
# **weights**: the first with about 3,000 of them, the second with more than 250,000. Each step of training moved every
# one of them a little. **In which direction?**
#
# You could try it out: nudge one weight, see whether the result gets better, go on to the next one. For ten thousand
# weights and 2,000 steps of training, that is twenty million trials. **Backpropagation** finds all directions at once,
# for about the price of two trials. In this course you write it yourself, and in lessons 4 and 5 your own code trains
# the two networks above. It all rests on one small rule, and this lesson is about that rule.
#
# **Afterwards you can** draw a computation as a graph, send a gradient back through it, node by node, and write the way
# back through a network of two layers.
#
# **You need:** the derivative of a function of one variable, matrix products, NumPy arrays. **Time:** about 80 minutes;
# a last part, about testing gradients, takes 40 more and can be left out. **Points:** 20, of which 16 are given by the
# checks and 4 for a written answer.
#
# After each exercise a check compares your numbers with exact ones and tells you what is wrong, where, and often why.
# Run the cells from top to bottom with Shift+Enter.

# %% [markdown]
# ## 1 A derivative is the answer to a nudge
#
# Take $y = x^2$ at $x = 1.5$. Nudge $x$ a little, by $dx$, and look at how far $y$ moves, $dy$. Then make the nudge
# smaller, and smaller still:


# %% tags=["skip-execution"]
def square(x):
    """Return x squared."""
    return x**2


x = 1.5
for dx in (0.8, 0.4, 0.1, 0.01, 0.001):
    dy = square(x + dx) - square(x)
    print(f"dx = {dx:<5}    dy = {dy:.6f}    dy / dx = {dy / dx:.4f}")

# %% [markdown]
# Both shrink, but their ratio settles down: near $x = 1.5$, $y$ moves **3 times** as far as $x$. This factor is the
# derivative, $\frac{dy}{dx} = 2x = 3$. In the picture it is the slope of the straight line that the curve becomes when
# you look at it closely. Make the nudge `dx` smaller and smaller, then move `x`: where is the factor zero, and where is
# it negative?

# %% tags=["skip-execution"]
widgets.nudge(square, x=1.5, dx=0.8)

# %% [markdown]
# From now on, read a derivative as a factor: *move this number by a tiny amount, and that one moves so many times as
# far*. Chains are then easy. If $z$ moves 5 times as far as $y$, and $y$ moves 3 times as far as $x$, then $z$ moves 15
# times as far as $x$: **along a road, factors are multiplied.** That is the chain rule.

# %% [markdown]
# ## 2 A graph keeps every value
#
# Here is a small computation with two inputs, one step in each line:
#
# $$s = x + y \qquad\qquad c = s \cdot x$$
#
# Drawn as a graph, every step is a node, and every value on the way has a name and a place of its own. That is all that
# a computation graph is: a record of what was computed from what.

# %% tags=["skip-execution"]
x, y = 3.0, 1.0
s = x + y
c = s * x

viz.small_graph({"x": x, "y": y, "s": s, "c": c})

# %% [markdown]
# **The question of all backpropagation** is asked at the right end: how far does $c$ move when one of the numbers further
# left is nudged? The factor that belongs to $x$ is called the **gradient** of $c$ with respect to $x$, and in code it
# is called `dx`. (In section 1, $dx$ was the nudge itself. From here on it is the factor that comes **back**, and a
# nudge is called `nudge`. Most texts use $dx$ for both.)
#
# We start at the right with `dc = 1`, because $c$ moves exactly as far as itself, and walk to the left. What arrives at
# a node from the right is called the **upstream gradient**. The rule is the same at every node: *the upstream gradient,
# times what this node does locally.*
#
# **A product swaps.** Nudge $s$ in $c = s \cdot x$: $c$ moves $x$ times as far. Nudge $x$: $c$ moves $s$ times as far.
# Each factor receives the upstream gradient times the value of the **other** factor.
#
# **A sum passes on.** Nudge $x$ in $s = x + y$: $s$ moves just as far, and the same holds for $y$. Each term receives
# the upstream gradient unchanged.

# %% tags=["skip-execution"]
dc = 1.0
ds = dc * x  # the product: times the other factor
dx_product = dc * s
dx_sum = ds  # the sum: unchanged
dy = ds
print(f"ds = {ds}    dy = {dy}    dx along the product = {dx_product}    dx along the sum = {dx_sum}")

# %% [markdown]
# Now $x$ has received **two** gradients, because it was used twice. Which of the two is right? Ask a nudge.

# %% tags=["skip-execution"]
nudge = 1e-6
c_nudged = ((x + nudge) + y) * (x + nudge)
print(f"measured by a nudge of x: {(c_nudged - c) / nudge:.4f}")

# %% [markdown]
# Seven, which is 4 + 3. The nudge travels along both roads at once, and each of them moves $c$. So here is the second
# half of the rule:
#
# > **Along a road, factors are multiplied. Where roads meet, what they bring is added.**
#
# (They meet on the way **back**, where they parted on the way forward: here at $x$.) A value that is used several times
# collects the sum of the gradients of all its uses. If you remember one thing of this course, let it be this:
# everything that follows is an application of it.
#
# Walk back through the graph yourself, one node at a time. Then change `x` and `y`: which gradients change with them?

# %% tags=["skip-execution"]
widgets.small_walk(x, y)

# %% [markdown]
# ## 3 Back through tanh and the sigmoid
#
# From here on we look at one piece of a larger graph. Far to the right there is one final number, the **loss**, which
# says how bad the network's answer was; in section 2 it was $c$. We write $da$ for the gradient of the loss with respect
# to $a$. It arrives from the right, and your function sends it one node further to the left.
#
# Networks work on arrays, but tanh and the sigmoid treat each entry by itself: $a_{ij} = \tanh(z_{ij})$, and no other
# entry takes part. So every entry is a tiny graph of its own, with one node, and going back is one multiplication for
# each: the upstream gradient $da_{ij}$ times the slope.
#
# What is the slope? Write $u = e^z - e^{-z}$ and $v = e^z + e^{-z}$, so that $\tanh(z) = u / v$. Each is the derivative
# of the other, $u' = v$ and $v' = u$. The quotient rule does the rest:
#
# $$\tanh'(z) = \frac{u' v - u v'}{v^2} = \frac{v^2 - u^2}{v^2} = 1 - \left(\frac{u}{v}\right)^2 = 1 - \tanh^2(z)$$
#
# Now look at what stands there: $\tanh(z)$ is the **output** $a$. The slope follows from the output alone, and the
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
# (The last step: $\frac{e^{-z}}{1 + e^{-z}}$ and $\sigma(z)$ add up to 1.) Again the output is enough.
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
# ## 4 Back through a weighted input
#
# The next node multiplies by weights and adds:
#
# $$Z = W X + b$$
#
# With tanh or the sigmoid behind it, it is one **layer** of a network. $X$ holds $m$ examples side by side, one in each
# **column**, and each example is described by $n_x$ numbers. The layer has $n_a$ **units**, one in each **row** of $Z$.
# The one column $b$ is added to all examples:
#
# | array | shape | what it is |
# |---|---|---|
# | `X` | $(n_x, m)$ | inputs |
# | `W` | $(n_a, n_x)$ | weights |
# | `b` | $(n_a, 1)$ | bias, the same for all examples |
# | `Z` | $(n_a, m)$ | weighted inputs |
#
# A matrix product needs no theory of its own. Write down **one entry**, and you see sums and products, whose ways back
# you know:
#
# $$Z_{ij} = \sum_k W_{ik} X_{kj} + b_i$$
#
# Now pick one number on the right, ask where it is used, and collect. Here is one weight, with three examples:

# %% tags=["skip-execution"]
viz.computation_graph("weight")

# %% [markdown]
# **One weight, $W_{ik}$.** It is used in row $i$ of $Z$, once for every example $j$, and each time it is multiplied by
# $X_{kj}$. A product swaps, and several uses add up:
#
# $$dW_{ik} = \sum_j dZ_{ij}\, X_{kj}$$
#
# **One input, $X_{kj}$.** It is used in column $j$ of $Z$, once for every unit $i$, and each time it is multiplied by
# $W_{ik}$:
#
# $$dX_{kj} = \sum_i W_{ik}\, dZ_{ij}$$
#
# **One bias, $b_i$.** It is used in row $i$, once for every example, and a sum passes on:
#
# $$db_i = \sum_j dZ_{ij}$$
#
# **A small example.** One unit, two inputs, two examples. The first weight was multiplied by 0.5 in example 0, where the
# gradient 10 comes back, and by 2 in example 1, where −4 comes back:

# %% tags=["skip-execution"]
X_small = np.array([[0.5, 2.0], [1.0, 0.0]])
dZ_small = np.array([[10.0, -4.0]])

print("gradient of the first weight: 10 * 0.5 + (-4) * 2 =", (dZ_small[0] * X_small[0]).sum())
print("gradient of the bias:         10 + (-4)           =", dZ_small[0].sum())

# %% [markdown]
# From sums to matrices: a product `A @ B` sums over the **second** index of `A` and the **first** index of `B`. The
# picture below shows it for the forward pass. In your formulas, the letter under the sum must stand **second** in the
# left array and **first** in the right one. An array in which it does not is transposed with `.T`.
#
# For example, in $P_{ik} = \sum_j Q_{ji} R_{kj}$ the $j$ has to be second on the left and first on the right. In $Q_{ji}$
# it is first and in $R_{kj}$ second, so both are transposed: `Q.T @ R.T`.

# %% tags=["skip-execution"]
viz.product_shapes(("W", "n_a", "n_x"), ("X", "n_x", "m"), ("W @ X", "n_a", "m"))

# %% [markdown]
# Shapes confirm it. **A gradient has the shape of what it belongs to**, and here only one product of the two arrays has
# that shape. (This is a test, not a proof: with square matrices, wrong products fit as well.)
#
# ### Exercise 3: `weighted_input_backward` (about 4 lines)
#
# The values of the forward pass come in a **cache**, a record of what the way back needs: `cache.X`, `cache.W`, `cache.b`.


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
# **Where is the $1/m$?** Many texts divide $dW$ and $db$ by the number of examples. That factor comes from a loss that
# is the *mean* over the examples. Here it is a node like any other, just before the end of the graph, so it is already
# contained in `dZ`. If your numbers differ from those of a text by exactly $m$, you have divided in different places.

# %% [markdown]
# ## 5 A value that is used twice
#
# In section 2, $x$ collected two gradients. Here is the same with a node on each of the two roads, as in the gates that
# you will meet in lesson 3:
#
# $$p = \tanh(x) \qquad q = \sigma(x) \qquad c = p \cdot q$$

# %% tags=["skip-execution"]
viz.computation_graph("fan_out")

# %% [markdown]
# Nudge $x$ a little. Then $p$ moves $\frac{dp}{dx}$ times as far, and $q$ moves $\frac{dq}{dx}$ times as far. Both move
# $c$:
#
# $$\frac{dc}{dx} = \frac{\partial c}{\partial p} \cdot \frac{dp}{dx} + \frac{\partial c}{\partial q} \cdot \frac{dq}{dx}$$
#
# Some books call this the *multivariate chain rule*. It is the rule of section 2: multiply along each road, add where
# they meet. (The curly $\partial$ says: nudge this one alone, and hold the other one still.)
#
# With plain numbers, at $x = 0.5$, measured by nudging along one road at a time and then along both:

# %% tags=["skip-execution"]
x, nudge = 0.5, 1e-6
c = np.tanh(x) * sigmoid(x)
through_p = (np.tanh(x + nudge) * sigmoid(x) - c) / nudge
through_q = (np.tanh(x) * sigmoid(x + nudge) - c) / nudge
through_both = (np.tanh(x + nudge) * sigmoid(x + nudge) - c) / nudge
print(f"through p {through_p:.6f}   plus through q {through_q:.6f}   is {through_p + through_q:.6f}")
print(f"through both at once: {through_both:.6f}")

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

# %% nbgrader={"grade": true, "grade_id": "check-fan_out-dx", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.fan_out(fan_out, only=["dx"])
### BEGIN HIDDEN TESTS
check.fan_out(fan_out, only=["dx"], seed=7004)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Two layers
#
# Time to put the nodes together. This network has a layer with tanh, and a second layer whose sigmoid decides how much
# of the first one passes:
#
# $$Z_1 = W_1 X + b_1 \qquad A_1 = \tanh(Z_1)$$
# $$Z_2 = W_2 A_1 + b_2 \qquad A_2 = \sigma(Z_2)$$
# $$Y = A_1 \odot A_2$$
#
# ($\odot$ multiplies entry by entry, as `*` does.) Before you run the next cell, draw this graph on paper: one node for
# each operation, from $X$ to $Y$. How many arrows leave $A_1$?

# %% tags=["skip-execution"]
viz.computation_graph("two_layer")

# %% [markdown]
# Each line of the forward pass becomes about one line of the way back, in reverse order. The cache of this network holds
# the caches of both layers:

# %%
dY, cache = inputs.two_layer(seed=1, n_x=3, n_a=5, m=4)

print("cache.first:  X ", cache.first.X.shape, "  W1", cache.first.W.shape, "  b1", cache.first.b.shape)
print("cache.second: A1", cache.second.X.shape, "  W2", cache.second.W.shape, "  b2", cache.second.b.shape)
print("cache.A1:", cache.A1.shape, "  cache.A2:", cache.A2.shape)

# %% [markdown]
# `cache.first` and `cache.second` are just what `weighted_input_backward` takes: each has fields `X`, `W` and `b`,
# whatever they are called in the equations.
#
# ### Exercise 5: `two_layer_backward` (about 9 lines)


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


# %% nbgrader={"grade": true, "grade_id": "check-two_layer-second", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.two_layer_backward(two_layer_backward, only=["dW2", "db2"])
### BEGIN HIDDEN TESTS
check.two_layer_backward(two_layer_backward, only=["dW2", "db2"], seed=7007)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-two_layer-first", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.two_layer_backward(two_layer_backward, only=["dW1", "db1", "dX"])
### BEGIN HIDDEN TESTS
check.two_layer_backward(two_layer_backward, only=["dW1", "db1", "dX"], seed=7007)
### END HIDDEN TESTS

# %% [markdown]
# You have just backpropagated through a network. The graph can be as large as you like: there are no other rules.
#
# So, **in which direction?** A gradient of 3 says that the loss grows when this weight grows. So each weight moves a
# little **against** its gradient: by 0.3 times the gradient, in the code below. (Such a factor is called a *learning
# rate*.) Let your function teach a small network to answer 0.5 for two examples and −0.5 for the two others. The loss
# is half the sum of the squared differences, so `dY` is the difference itself:

# %% tags=["skip-execution"]
_, small = inputs.two_layer(seed=1, n_x=3, n_a=1, m=4)
weights = {"W1": small.first.W, "b1": small.first.b, "W2": small.second.W, "b2": small.second.b}
target = np.array([[0.5, 0.5, -0.5, -0.5]])

for step in range(1001):
    Y, record = graphs.two_layer_forward(small.first.X, **weights)
    if step in {0, 10, 100, 1000}:
        print(f"step {step:4}    loss {((Y - target) ** 2).sum() / 2:.4f}    answers {Y[0].round(2)}")
    gradients = two_layer_backward(Y - target, record)
    weights = {name: values - 0.3 * gradients[f"d{name}"] for name, values in weights.items()}

# %% [markdown] nbgrader={"grade": false, "grade_id": "shared-bias-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 In your own words (4 points, read by a person)
#
# In a small network two layers share **one** bias, and the output uses it once more, as a factor:
#
# $$Z_1 = W_1 X + b \qquad A_1 = \tanh(Z_1) \qquad Z_2 = W_2 A_1 + b \qquad Y = Z_2 \odot b$$
#
# $W_2$ is square, and $b$ has one column, used for each of the $m$ examples. A fellow student writes
#
# ```python
# db = (dY * Z2).sum(axis=1, keepdims=True)
# ```
#
# To test it, he nudges $b$ in the last equation only, and measures just what his line computes.
#
# In four to eight sentences (or lines of code): on how many roads does $b$ reach $Y$, and what comes back on each of
# them? Write `db` with `dY`, `Z2`, `b`, `W2`, `A1` and your functions. Why did his test agree with him, and what should
# he have nudged?
#
# === BEGIN MARK SCHEME ===
# 1 point: b is used three times, and db is the sum of what comes back from all three uses.
#
# 1 point: the two nearer roads. From the product `dY * Z2`, and from the second layer `dZ2 = dY * b`, both summed over
# the examples.
#
# 1 point: the road through the first layer goes on through W2 and tanh: `dZ1 = tanh_backward(W2.T @ dZ2, A1)`, summed
# over the examples. Not dZ2 once more, and not dY.
#
# 1 point: his nudge went along one road, so it measured that road alone, for which his line is right. A nudge of b
# itself, in all three places at once, shows the other two.
#
# Give the points for the idea, not for the words. Code or formulas are as good as sentences.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "shared-bias", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# b reaches Y on three roads: as a factor of Y, as the bias of the second layer, and as the bias of the first one. From
# the product comes `dY * Z2`. The other factor gets `dZ2 = dY * b`, and the bias of the second layer receives it unchanged.
# It goes on to the first layer: `dZ1 = tanh_backward(W2.T @ dZ2, A1)`, which the bias of the first layer receives. Each is
# summed over the examples, because b is copied to all of them, and the three are added:
# `db = (dY * Z2 + dZ2 + dZ1).sum(axis=1, keepdims=True)`. His nudge changed b in one place only, so it went along one road
# and measured exactly the part that he had written. He should have nudged b in all three places at once.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Draw any computation as a graph, and send a gradient back through it, node by node.
# - Derive the way back through a matrix product from a single entry, instead of remembering it.
# - Say what a value that is used several times receives, and why.
#
# **Something to think about before lesson 1.** A recurrent cell computes `tanh(Wax @ xt + Waa @ a_prev + ba)`. Which of
# your functions are its nodes, and how many gradients come out at its left end?
#
# ## Questions people ask
#
# ### Should I divide by `m`?
#
# Not inside the way back of this course. If the cost is a mean over the examples, its own gradient carries the
# $\frac{1}{m}$, and it reaches you inside `dZ`; dividing once more would divide twice.
#
# ### Why add the two gradients, and not take their mean, or the larger one?
#
# Because the nudge is not shared out between the uses. It reaches every use in full, and each use moves the result by its own
# amount. The result moves by both.
#
# ### Is `dx` a small change of `x`, or a gradient?
#
# In code it is a gradient: how many times as far as `x` the loss moves. It has the shape of `x`, always, because every
# entry of `x` has its own answer.
#
# ### Does `loss.backward()` of a framework give the same?
#
# Yes. PyTorch and its like record the graph while you compute forward, and then walk back through it by the rule of
# section 2, with one small backward function for each kind of node. You have just written some of them.
#
# ### I changed the function and the result did not change
#
# Run the cell that defines it again; editing alone changes nothing. The report of a check ends by naming the cell that
# it got the function from, such as `In [12]`. If in doubt, restart the kernel (in Colab: *Runtime*, *Restart session*)
# and run the cells from the top.

# %% [markdown]
# ## 8 Testing a gradient without an answer key (may be left out)
#
# Go on to lesson 1 now, if you like, and come back later: what follows has no points, and no lesson depends on it.
#
# Until now a check has told you whether you are right. Outside of this course there is none. But you know the idea: nudge
# every input and see what happens. Two things decide how much that is worth: on **which sides** you nudge, and by **how
# much**.
#
# Let $f$ be a function of an array that returns one number. Taylor's theorem says what a nudge $h$ of one entry gives:
#
# $$f(x + h) = f(x) + h f'(x) + \tfrac{1}{2} h^2 f''(x) + \tfrac{1}{6} h^3 f'''(x) + \dots$$
#
# One nudge *up*, compared with $f(x)$, is off by about $\frac{1}{2} h f''$. But write the same line for $-h$ and
# subtract: all even terms cancel.
#
# $$\frac{f(x + h) - f(x - h)}{2 h} = f'(x) + \tfrac{1}{6} h^2 f'''(x) + \dots$$
#
# This is the **central difference**. It costs one more call of $f$, and it is worth it:

# %% tags=["skip-execution"]
x, slope = 1.0, np.cos(1.0)  # the derivative of sin is cos
for h in (0.1, 0.01, 0.001):
    one_sided = (np.sin(x + h) - np.sin(x)) / h
    central = (np.sin(x + h) - np.sin(x - h)) / (2 * h)
    print(f"h = {h:<5}    error: one side {abs(one_sided - slope):.1e}, both sides {abs(central - slope):.1e}")

# %% [markdown]
# Make the nudge ten times smaller, and the first error becomes ten times smaller, the second one a hundred times.
#
# ### Exercise 6, without points: `numerical_gradient` (about 7 lines)
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


# %% nbgrader={"grade": true, "grade_id": "check-numerical_gradient", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check.numerical_gradient(numerical_gradient)

# %% [markdown]
# **How far apart are two gradients?** Your formula says 2.00000001 and the nudges say 2.00000000: is that the same
# number? And 0.00000001 against 0.00000002? The difference is the same, but in the first case it is rounding, and in
# the second one a factor of two. So measure the difference **in proportion** to what is compared:
#
# $$\text{relative error}(a, b) = \frac{\max |a - b|}{\max(|a|, |b|)}$$
#
# Above the line stands the largest difference between corresponding entries; below it, the largest entry of both arrays.
# So the result is one number for the two arrays. Two arrays that are all zeros agree: their relative error is 0.
#
# ### Exercise 7, without points: `relative_error` (about 4 lines)


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


# %% nbgrader={"grade": true, "grade_id": "check-relative_error", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check.relative_error(relative_error)

# %% [markdown]
# Now test your `two_layer_backward` with tools of your own. `numerical_gradient` wants a function with **one** number as
# its result, but layers return whole arrays. The usual way out: choose an array $R$ of the shape of the output $Y$, and
# take $J = \sum_{ij} R_{ij}\, Y_{ij}$. Then the gradient of $J$ with respect to $Y$ is $R$, so `R` is the upstream
# gradient that goes into your function. Here it is the random `dY`.

# %% tags=["skip-execution"]
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
# Below $10^{-7}$ a gradient is right, at these inputs; above $10^{-3}$ it is wrong. In between, look again: perhaps the
# function has a kink, the numbers are in single precision, or $h$ is a poor choice.
#
# Keep these two small functions. Whatever you build later, they can tell you whether its gradient is right. They cannot
# take its place: they need two forward passes for **every number** in the network, and your way back yields all
# gradients for about the price of one or two. For a million weights, that is the difference between a second and two
# weeks.
#
# **Why random, and not all ones?** Here is a function that has forgotten to use the upstream gradient:


# %% tags=["skip-execution"]
def forgetful(da, a):
    """Go back through tanh, as if da were all ones."""
    return tanh_backward(np.ones_like(da), a)


rng = np.random.default_rng(1)
z = rng.standard_normal((3, 4))

for name, R in {"all-ones": np.ones((3, 4)), "random": rng.standard_normal((3, 4))}.items():
    measured = numerical_gradient(lambda z, R=R: (R * np.tanh(z)).sum(), z)
    print(f"{name:9} upstream: relative error {relative_error(forgetful(R, np.tanh(z)), measured):.1e}")

# %% [markdown]
# With ones, the wrong function looks perfect. Ones hide wrong axes and wrong orders, too, because all rows and columns
# are the same. A random $R$ gives every entry of the output a weight of its own, so mistakes hardly ever cancel.

# %% [markdown]
# ## 9 How small should the nudge be?
#
# Why not make $h$ smaller and smaller, until there is no doubt left? Try it, on the graph of section 5 with one number.


# %% tags=["skip-execution"]
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
# that is **truncation**, the terms of Taylor's series that were left out. Then it turns and **rises** again: that is
# **cancellation**. A computer keeps about 16 digits of $f(x + h)$ and of $f(x - h)$. The closer the two places are, the
# more of these digits agree, and they are lost in the difference. What remains is rounding, and it is then divided by a
# tiny $2 h$.
#
# The best nudge is a compromise: near $h = 10^{-5}$ central differences reach 10 or 11 digits, and with $h = 10^{-14}$
# hardly two are left. (Single precision, float32, has 7 digits to begin with: check gradients in float64.)
#
# **The flat curve** gets no worse as $h$ shrinks. Nudge $x$ by an imaginary number, and nothing has to be subtracted (if
# complex numbers are new to you, take the next line on trust):
#
# $$f(x + i h) = f(x) + i h f'(x) - \tfrac{1}{2} h^2 f''(x) - \dots \quad\Rightarrow\quad
# f'(x) = \frac{\mathrm{Im}\, f(x + i h)}{h} + \text{terms with } h^2$$
#
# The real part keeps the value, the imaginary part carries the derivative, and they disturb each other only by terms
# with $h^2$. With $h = 10^{-30}$ these are far below the last digit, and nothing is lost by subtracting. This *complex
# step* is how the checks of this course know the truth: from the forward pass alone, without any backward formula. It
# needs a function that accepts complex numbers, which not every function does. Central differences work with any
# function.
