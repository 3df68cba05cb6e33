# %% [markdown]
# # Lesson 4: your gradients at work
#
# You have written the backward pass of a recurrent network and of an LSTM. In this lesson they go to work. You train
# a network that has to remember over a hundred steps, and see one kind of network fail at it and the other succeed.
# You train another one to tell from a sentence whether somebody liked a film. And then you turn round what you have:
# with the gradient of the *input* you ask which words moved the verdict, and what the network would rather have read.
#
# No library computes a gradient for a training. The backward passes are yours, and the few lines around them you can
# read.
#
# **You need:** lessons 1 to 3, with your functions in them, in the folders beside this one. **Time:** about 80
# minutes, of which your computer needs three. **Points:** 14, of which 11 are given by the checks and 3 for a written
# answer.

# %%
import os

import numpy as np

from bptt import check, data, inputs, own, states, viz, widgets
from bptt.activations import softmax
from bptt.influence import influence

# Where a notebook is graded nobody watches a training: a few small steps show that it runs.
quick = "NBGRADER_EXECUTION" in os.environ

# %% [markdown]
# The two backward passes come from your notebooks of lessons 2 and 3 (and their cells from lessons 1 and 3). They are
# looked at before they are used: each has to be finished, and right. For the LSTM your fast one is taken if you wrote
# it (section 10 of lesson 3), and your loop over the cells otherwise; it needs about twice the time.
#
# Is something missing? Then the cell says what, and an exact function stands in for yours. You can do every exercise
# and every proof with it. But it nudges every number, which would take days in a training, so it refuses to train.

# %%
lstm_backward = own.function("03_lstm_backward", "lstm_backward_fused", "lstm_backward")
rnn_backward = own.function("02_sequence_backward", "rnn_backward")

# %% [markdown]
# ## 1 One verdict for a whole sequence
#
# In lesson 2 every step had a loss of its own. Here it is different: a whole sequence gets **one** answer, read off
# the last state, and one loss. This is called *many to one*. What does your backward pass want to be given then?
#
# It wants `da`, the gradient that reaches each state **from the loss of its own step**. Nearly all steps have no
# loss. So nearly all of `da` is zero: the blue road of lesson 2 is closed everywhere but at one step, and the earlier
# states hear of the loss through time alone.
#
# Which step? Sequences in a batch have different lengths, and an array has only one. The shorter ones are filled up
# at the end, which is called *padding*, and the network runs on over the padding. But its answer is read off at the
# last **real** step.
#
# **Small numbers.** Three sequences of 4, 2 and 3 real steps, filled up to 4 (`1` is a real step). Steps are counted
# from 0.

# %%
lengths_small = np.array([4, 2, 3])
mask = np.arange(4) < lengths_small[:, None]
print(mask.astype(int))
print("last real step of each:", lengths_small - 1)

# %% [markdown]
# ### Exercise 1: `many_to_one_upstream` (about 4 lines)


# %% nbgrader={"grade": false, "grade_id": "many_to_one_upstream", "locked": false, "schema_version": 3, "solution": true, "task": false}
def many_to_one_upstream(da_last, lengths, T_x):
    """Put the gradient of each example's last real state where it belongs, among zeros.

    da_last: gradient of the loss with respect to the last real state of each example, (n_a, m)
    lengths: how many steps of each example are real, (m,)
    T_x:     number of steps, with padding
    returns: da, (n_a, m, T_x)
    """
    n_a, m = da_last.shape
    ### BEGIN SOLUTION
    da = np.zeros((n_a, m, T_x))
    for j in range(m):
        da[:, j, lengths[j] - 1] = da_last[:, j]
    return da
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-many_to_one_upstream", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.many_to_one_upstream(many_to_one_upstream)
### BEGIN HIDDEN TESTS
check.many_to_one_upstream(many_to_one_upstream, seed=9401)
### END HIDDEN TESTS

# %% [markdown]
# ## 2 A whole model, and the proof that its gradients are right
#
# Here is the whole model, forward and backward. Read it slowly; the mathematics is all known to you. Three things in
# the code may be new. `states_of` and `sequence_backward` are functions, so the same model serves both kinds of
# network. `a[:, np.arange(m), lengths - 1]` takes for each example `j` the state after step `lengths[j] - 1`; its shape
# is `(n_a, m)`. And `caches.steps[0].parameters` holds all parameters, `Wy` among them. Forward: states, the last real
# one of each example, and a dense layer that makes scores of it, $z = W_y\, a_{\text{last}} + b_y$. Backward, the same
# in reverse. `states.rnn_states` and `states.lstm_states` are the forward passes of lessons 2 and 3, without
# predictions at every step; in the second, the four gates share one matrix.


# %%
def forward(x, lengths, parameters, states_of):
    """Take each sequence to its scores, (n_y, m)."""
    n_a, m = parameters["Wy"].shape[1], len(lengths)
    a, caches = states_of(x, np.zeros((n_a, m)), parameters)
    a_last = a[:, np.arange(m), lengths - 1]
    z = parameters["Wy"] @ a_last + parameters["by"]
    return z, a_last, caches


def backward(dz, a_last, caches, lengths, sequence_backward):
    """Send the gradient of the scores back to all parameters, and to the input."""
    da_last = caches.steps[0].parameters["Wy"].T @ dz
    da = many_to_one_upstream(da_last, lengths, len(caches.steps))
    gradients = sequence_backward(da, caches)
    return {**gradients, "dWy": dz @ a_last.T, "dby": dz.sum(axis=1, keepdims=True)}


# %% [markdown]
# The first task is the *adding problem*. A sequence holds random numbers between 0 and 1, and a second row marks two
# of them: one in the first half, one in the second. At the end, the network should answer with the sum of the two.

# %%
x, y = data.adding_problem(np.random.default_rng(0), m=1, T_x=8)
print("numbers:", x[0, 0].round(2))
print("marks:  ", x[1, 0].astype(int))
print("answer: ", y[0, 0].round(2))

# %% [markdown]
# The loss is the mean of $(z - y)^2$ over the examples. It is a **mean** this time, so that a step of training does
# not depend on how many examples a batch has. The $1/m$ is part of the loss and comes in once, with `dz`; everything
# after it is a sum, as it always was.


# %%
def adding_loss(parameters, states_of, x, y):
    """Return the mean squared error."""
    z, _, _ = forward(x, np.full(x.shape[1], x.shape[2]), parameters, states_of)
    return ((z - y) ** 2).mean()


def adding_gradients(parameters, states_of, sequence_backward, x, y):
    """Return the loss, and the gradients of all parameters."""
    m, T_x = x.shape[1:]
    lengths = np.full(m, T_x)
    z, a_last, caches = forward(x, lengths, parameters, states_of)
    dz = 2 * (z - y) / m
    gradients = backward(dz, a_last, caches, lengths, sequence_backward)
    return ((z - y) ** 2).mean(), {"d" + name: gradients["d" + name] for name in parameters}


def new_network(kind, n_a, seed=1):
    """Draw the parameters of a network with one score, and leave out those that the model does not use."""
    rng = np.random.default_rng(seed)
    if kind == "RNN":
        parameters = inputs.rnn_parameters(rng, n_x=2, n_a=n_a, n_y=1)
        parameters["Wy"] = parameters.pop("Wya")
    else:
        parameters = inputs.lstm_parameters(rng, n_x=2, n_a=n_a, n_y=1)
    for name in ["ba", "bf", "bi", "bc", "bo", "by"]:
        if name in parameters:
            parameters[name] = np.zeros_like(parameters[name])
    if kind == "LSTM":
        parameters["bf"] += 1  # lesson 3: an open forget gate lets the gradient through
    return parameters


kinds = {"RNN": (states.rnn_states, rnn_backward), "LSTM": (states.lstm_states, lstm_backward)}

# %% [markdown]
# **Never train with gradients that you have not proved.** A wrong gradient hardly ever stops a training. The loss
# falls, more slowly than it could, and nobody notices. Nudging every number would take long; but one nudge can test a
# whole array at once. Choose a random direction $V$, go a little along it, and see what the loss does:
#
# $$\left.\frac{\mathrm{d}}{\mathrm{d}h} L(W + h V)\right|_{h=0} \;=\; \sum_{i,j} dW_{ij} V_{ij}$$
#
# That is one forward pass for each array of parameters, however many numbers are in it. If a single entry of your
# gradient is wrong, the two sides differ, unless you are very unlucky with $V$. `check.whole_model` does this, with the
# complex step of lesson 0, so that even rounding errors are no excuse.

# %%
x, y = data.adding_problem(np.random.default_rng(1), m=3, T_x=6)
for kind, (states_of, sequence_backward) in kinds.items():
    parameters = new_network(kind, n_a=4)
    _, gradients = adding_gradients(parameters, states_of, sequence_backward, x, y)
    print(check.whole_model(lambda p, of=states_of: adding_loss(p, of, x, y), parameters, gradients))

# %% [markdown]
# (Do you want to see it fail? Divide `dz` by 2 in `adding_gradients`, run that cell, and then the one above this line.
# Put `dz` back afterwards and run both again: a training would not complain about the wrong one.)
#
# ## 3 When a gradient explodes: clipping
#
# In lesson 2 you saw gradients explode. In a training, most of the time all is well, and once in a while a batch has a
# gradient that is a thousand times larger than usual. One step along it throws away all that was learnt. The cure is
# simple. Think of all gradients together as **one** arrow, with the length
#
# $$\lVert g \rVert = \sqrt{\textstyle\sum_{\text{arrays}} \sum_{\text{entries}} g^2}$$
#
# If it is longer than a limit, make it shorter: multiply **all** arrays by $\text{max\_norm} / \lVert g \rVert$. If
# not, leave it alone. The direction stays the same; a direction is what a gradient is good for.
#
# **Small numbers.** Two arrays, one arrow.

# %%
dW_small, db_small = np.array([3.0, 0.0]), np.array([4.0])
length = np.sqrt((dW_small**2).sum() + (db_small**2).sum())
print("length:", length, "  clipped to 1:", dW_small / length, db_small / length)
print("each array by itself:      ", dW_small / 3.0, db_small / 4.0, "  another direction")

# %% [markdown]
# ### Exercise 2: `clip_gradients` (about 5 lines)
#
# Mind the arrow of length zero.


# %% nbgrader={"grade": false, "grade_id": "clip_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def clip_gradients(gradients, max_norm):
    """Shorten all gradients together to a norm of at most max_norm.

    gradients: dict of arrays, by name
    max_norm:  the limit
    returns:   a new dict with the same names
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
    scale = max_norm / norm if norm > max_norm else 1.0
    return {name: scale * gradient for name, gradient in gradients.items()}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-clip_gradients", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.clip_gradients(clip_gradients)
### BEGIN HIDDEN TESTS
check.clip_gradients(clip_gradients, seed=9402)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 How far to go: Adam
#
# A gradient says where to go, and not how far. In a network some weights have gradients that are a thousand times
# larger than those of others: one learning rate for all is too large for the first and too small for the others. *Adam*
# (Kingma and Ba, 2015) keeps, for each weight, a running mean of its gradient and one of the gradient's square, and
# goes by their ratio. All operations are entry by entry:
#
# $$
# \begin{aligned}
# \text{mean} &\leftarrow \beta_1\, \text{mean} + (1 - \beta_1)\, dW \\
# \text{square} &\leftarrow \beta_2\, \text{square} + (1 - \beta_2)\, dW^2 \\
# W &\leftarrow W - \alpha\, \frac{\text{mean} / (1 - \beta_1^t)}{\sqrt{\text{square} / (1 - \beta_2^t)} + \epsilon}
# \end{aligned}
# $$
#
# Here $\alpha$ is the learning rate and $t$ the number of the step, **counted from 1**. Why the two divisions by
# $1 - \beta^t$? Both means start at zero, so at first they are too small.
#
# **Small numbers.** The gradient is 2 at every step. What are the running means worth, before and after the correction?

# %%
mean, square = 0.0, 0.0
for t in [1, 2, 3]:
    mean, square = 0.9 * mean + 0.1 * 2, 0.999 * square + 0.001 * 2**2
    print(f"t = {t}:  mean   {mean:.4f}, corrected {mean / (1 - 0.9**t):.4f}")
    print(f"        square {square:.4f}, corrected {square / (1 - 0.999**t):.4f}")

# %% [markdown]
# Corrected, they are right from the first step on. And the ratio is $2 / \sqrt{4} = 1$; for a steady gradient of 2000
# it would be 1, too. So a weight whose gradient is steady moves by about $\alpha$, and one whose gradient keeps
# changing its sign moves by much less. Why clip as well, then? One huge gradient would stay in the running square for
# about a thousand steps, and make all the steps after it too small. (The small $\epsilon$ is for weights whose gradient
# has always been zero.)
#
# ### Exercise 3: `adam_step` (about 6 lines)
#
# One parameter array at a time. Hand back new arrays, and leave those that you were given as they are.


# %% nbgrader={"grade": false, "grade_id": "adam_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adam_step(W, dW, mean, square, t, learning_rate):
    """Take one step of Adam.

    W, dW:        a parameter and its gradient, of one shape
    mean, square: running means of the gradient and of its square before this step, of that shape
    t:            number of this step; the first one is 1
    returns:      a dict with "W_next", "mean_next" and "square_next"
    """
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    ### BEGIN SOLUTION
    mean_next = beta1 * mean + (1 - beta1) * dW
    square_next = beta2 * square + (1 - beta2) * dW**2
    mean_corrected = mean_next / (1 - beta1**t)
    square_corrected = square_next / (1 - beta2**t)
    W_next = W - learning_rate * mean_corrected / (np.sqrt(square_corrected) + epsilon)
    return {"W_next": W_next, "mean_next": mean_next, "square_next": square_next}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-moments", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.adam_step(adam_step, only=["mean_next", "square_next"])
### BEGIN HIDDEN TESTS
check.adam_step(adam_step, only=["mean_next", "square_next"], seed=9403)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-W_next", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.adam_step(adam_step, only=["W_next"])
### BEGIN HIDDEN TESTS
check.adam_step(adam_step, only=["W_next"], seed=9403)
### END HIDDEN TESTS

# %% [markdown]
# Each parameter has running means of its own. This is what remembers them, and takes a step for all parameters:


# %%
class Training:
    """Parameters in training."""

    def __init__(self, parameters, learning_rate, max_norm):
        self.parameters = parameters
        self.learning_rate, self.max_norm = learning_rate, max_norm
        self.t = 0
        self.means = {name: np.zeros_like(W) for name, W in parameters.items()}
        self.squares = {name: np.zeros_like(W) for name, W in parameters.items()}

    def step(self, gradients):
        """Clip, and let Adam take one step with every parameter."""
        self.t += 1
        clipped = clip_gradients(gradients, self.max_norm)
        for name, W in self.parameters.items():
            means = self.means[name], self.squares[name]
            after = adam_step(W, clipped["d" + name], *means, self.t, self.learning_rate)
            self.parameters[name] = after["W_next"]
            self.means[name], self.squares[name] = after["mean_next"], after["square_next"]


# %% [markdown]
# ## 5 The adding problem: who remembers?
#
# Only two steps of the sequence matter, and one of them is far back: on average the network has to carry a number
# over half of the sequence. Whoever cannot do that can still answer 1 every time, which is the mean of all answers,
# and gets a mean squared error of $1/6 \approx 0.167$. Remember that number.
#
# An RNN and an LSTM with 32 units each, sequences of $T$ steps, 64 new ones at every training step. Watch the two
# losses, and the norms of the gradients beside them. Be patient with the LSTM: at $T = 100$ it, too, stands near 0.167
# for hundreds of steps, and then falls within a few dozen. A loss that stands still does not tell whether waiting will
# help. The gradients do, and we ask them below.


# %%
def race(T_x, steps, n_a=32, m=64):
    """Train an RNN and an LSTM on the adding problem, side by side."""
    if quick:
        T_x, steps, n_a, m = 4, 2, 3, 2
    trained = {kind: Training(new_network(kind, n_a), learning_rate=0.01, max_norm=1.0) for kind in kinds}
    rng = np.random.default_rng(2)
    with widgets.training_panel(steps, title=f"Adding problem, T = {T_x}", runs=list(kinds)) as panel:
        for _step in range(steps):
            x, y = data.adding_problem(rng, m, T_x)
            for kind, (states_of, sequence_backward) in kinds.items():
                network = trained[kind]
                loss, gradients = adding_gradients(network.parameters, states_of, sequence_backward, x, y)
                network.step(gradients)
                panel.step(loss, gradients, run=kind)
    x, y = data.adding_problem(np.random.default_rng(3), 10 * m, T_x)
    for kind, (states_of, _) in kinds.items():
        error = adding_loss(trained[kind].parameters, states_of, x, y)
        print(f"T = {T_x}, {kind}: mean squared error {error:.4f} on new sequences")
    return trained


# %%
trained = race(T_x=20, steps=400)

# %%
trained = race(T_x=50, steps=600)

# %%
trained = race(T_x=100, steps=1000)

# %% [markdown]
# Where the LSTM learns to add, the RNN at $T = 100$ stays near 0.167, or a little above it: its answers are hardly
# better than 1 every time, and what it adds to that is noise. Is it too small? Is the learning rate wrong? Before you
# try others, ask its gradients. This is the influence map of lessons 2 and 3, for the two networks that you have just
# trained.


# %%
def reach(kind, x):
    """Measure how far the losses of a trained network reach back."""
    states_of, _ = kinds[kind]
    parameters = trained[kind].parameters
    n_a, T_x = parameters["Wy"].shape[1], x.shape[2]
    _, caches = states_of(x, np.zeros((n_a, 1)), parameters)
    return influence(np.random.default_rng(5).standard_normal((n_a, 1, T_x)), caches)


x, _ = data.adding_problem(np.random.default_rng(4), m=1, T_x=6 if quick else 40)
print("marked steps:", np.flatnonzero(x[1, 0]))
viz.influence_map(reach("RNN", x), label="RNN", other=reach("LSTM", x), other_label="LSTM")

# %% [markdown]
# The map is drawn for a sequence of 40 steps, with a random loss at every step; the task has only one, at the end. Read
# the curve on the right. In the RNN the gradient loses a part at every step. After forty steps hardly anything is left,
# and with $T = 100$ it has to come back over fifty or more from the first marked number: what that number should change
# in the weights is drowned in the rest. The second one is usually too far back as well; in only one sequence out of ten
# it is among the last five steps. So the network learns what it *can* hear, and that is the mean.
#
# The LSTM loses much in the first few steps, on the way through the output gate. Then it is on the memory, and there
# it loses next to nothing, however far it goes. And look at its map: some columns are darker than the others. Compare
# them with the marked steps, which are printed above it. They stand just before: the state there enters the cell that
# reads a marked number, and has a say in what is written to the memory. That a mark means "listen", the network has
# found out by itself, along your gradients.
#
# ## 6 Words
#
# Now real language. The data are sentences from film reviews, each rated by several people; the clearly good and the
# clearly bad ones are kept, half and half. If you have not fetched them yet, open a terminal and type
# `bptt data reviews`: once is enough. Without them this lesson makes up sentences of its own, and everything works
# all the same.

# %%
reviews = data.reviews()
print(reviews.source)
for text, positive in list(zip(*reviews.train, strict=True))[:4]:
    print("  +" if positive else "  -", text)

# %% [markdown]
# A network reads numbers. First a text is cut into words, and each word gets a number, the most frequent one first.
# Words that occur only once are not worth learning; they share the number 1, for *unknown*. Number 0 is the padding.

# %%
vocabulary = data.vocabulary(reviews.train.texts)
n_words = len(vocabulary) + 2
print(n_words, "words, such as", ", ".join(list(vocabulary)[:12]))

words_small, lengths_small = data.pad(["a good film", "not good"], vocabulary)
print(words_small, " lengths:", lengths_small)

# %% [markdown]
# But word 17 is not "more" than word 16. So every word gets a **vector** of its own, a column of a matrix $E$ with
# the shape $(n_x, n_{\text{words}})$, and the input of step $t$ is the column of the word that stands there:
#
# $$x^{\langle t \rangle} = E_{:,\, w_t}$$
#
# In NumPy this is one line, for all examples and steps at once: `x = E[:, words]`. What should the vectors be? Nobody
# knows, so they are **learnt**, like all other weights. And here is what `dx` is for: the gradient of the input is
# the gradient of the columns that were looked up.
#
# **Small numbers.** Four words with vectors of two numbers each, and one text of three words in which word 3 occurs
# twice. Suppose that the backward pass has returned these `dx`:

# %%
E_small = np.array([[0.0, 0.1, 0.2, 0.3], [0.0, -0.1, -0.2, -0.3]])
words_small = np.array([[3, 1, 3]])
print("x, one column for each step:\n", E_small[:, words_small][:, 0])
dx_small = np.array([[[1.0, 5.0, 10.0]], [[2.0, 6.0, 20.0]]])
print("dx:\n", dx_small[:, 0])
print("word 3 was used twice:", dx_small[:, 0, 0], "+", dx_small[:, 0, 2], "=", dx_small[:, 0, 0] + dx_small[:, 0, 2])

# %% [markdown]
# A value that is used several times collects the sum: the rule of lesson 0, once more. Words that do not occur get
# zero.
#
# ### Exercise 4: `embedding_backward` (about 3 lines)
#
# Take care. `dE[:, words] += dx` looks right and is not: where the same column is named twice, NumPy writes only one of
# the two. Two loops, over the examples and the steps, are right. `np.add.at(array, index, values)` does the same in one
# line: it changes `array` in place and returns nothing. Its index is a tuple here, and `(slice(None), words)` means
# what `[:, words]` means.


# %% nbgrader={"grade": false, "grade_id": "embedding_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def embedding_backward(dx, words, n_words):
    """Collect for each word what comes back from all of its uses.

    dx:      gradient of the loss with respect to the input, (n_x, m, T_x)
    words:   number of each word, (m, T_x)
    n_words: how many words there are
    returns: dE, (n_x, n_words)
    """
    dE = np.zeros((len(dx), n_words))
    ### BEGIN SOLUTION
    np.add.at(dE, (slice(None), words), dx)
    ### END SOLUTION
    return dE


# %% nbgrader={"grade": true, "grade_id": "check-embedding_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.embedding_backward(embedding_backward)
### BEGIN HIDDEN TESTS
check.embedding_backward(embedding_backward, seed=9404)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 Did they like it?
#
# The model is the one that you have already, with $E$ in front and two scores at the end, one for each verdict.
# Softmax makes probabilities of them, and the loss is the mean cross-entropy. Its gradient at the scores is that of
# lesson 2, how much each probability is too high, divided by $m$ because of the mean.


# %%
def probabilities(words, lengths, parameters):
    """Return the probabilities of "negative" and "positive" for each text, (2, m)."""
    z, _, _ = forward(parameters["E"][:, words], lengths, parameters, states.lstm_states)
    return softmax(z)


def review_loss(parameters, words, lengths, y):
    """Return the mean cross-entropy; y is one-hot, (2, m)."""
    return -(y * np.log(probabilities(words, lengths, parameters))).sum() / len(lengths)


def review_gradients(parameters, words, lengths, y):
    """Return the loss, and the gradients of all parameters."""
    z, a_last, caches = forward(parameters["E"][:, words], lengths, parameters, states.lstm_states)
    y_pred = softmax(z)
    dz = (y_pred - y) / len(lengths)
    gradients = backward(dz, a_last, caches, lengths, lstm_backward)
    gradients["dE"] = embedding_backward(gradients["dx"], words, parameters["E"].shape[1])
    loss = -(y * np.log(y_pred)).sum() / len(lengths)
    return loss, {"d" + name: gradients["d" + name] for name in parameters}


def new_reader(n_words, n_x, n_a, seed=1):
    """Draw the parameters of an LSTM that reads words."""
    rng = np.random.default_rng(seed)
    parameters = inputs.lstm_parameters(rng, n_x, n_a, n_y=2)
    parameters["bf"], parameters["by"] = np.ones((n_a, 1)), np.zeros((2, 1))
    parameters["E"] = 0.1 * rng.standard_normal((n_x, n_words))
    return parameters


# %% [markdown]
# Proof first, on a handful of made-up texts with few words:

# %%
few_words, few_lengths = np.array([[2, 3, 4, 2], [5, 2, 0, 0], [3, 3, 4, 0]]), np.array([4, 2, 3])
few_y = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
parameters = new_reader(n_words=7, n_x=3, n_a=4)
_, gradients = review_gradients(parameters, few_words, few_lengths, few_y)
print(check.whole_model(lambda p: review_loss(p, few_words, few_lengths, few_y), parameters, gradients))

# %% [markdown]
# Right, all the way from the loss to the words. Now train. One pass over all reviews is called an *epoch*. (This
# takes a minute, more on a slow machine.)


# %%
def accuracy(texts, positive, parameters):
    """Return the share of texts whose verdict is right."""
    words, lengths = data.pad(texts, vocabulary)
    right = 0
    for batch in data.batches(np.random.default_rng(0), lengths, 256):
        longest = lengths[batch].max()
        y_pred = probabilities(words[batch, :longest], lengths[batch], parameters)
        right += (y_pred.argmax(axis=0) == positive[batch]).sum()
    return right / len(texts)


def learn_to_read(epochs, n_x=32, n_a=32, m=32):
    """Train an LSTM on the reviews."""
    if quick:
        epochs, n_x, n_a, m = 1, 2, 3, 16
    words, lengths = data.pad(reviews.train.texts, vocabulary)
    one_hot = np.eye(2)[:, reviews.train.positive.astype(int)]
    reader = Training(new_reader(n_words, n_x, n_a), learning_rate=0.002, max_norm=5.0)
    rng = np.random.default_rng(1)
    with widgets.training_panel(epochs * -(-len(lengths) // m), title="Film reviews") as panel:
        for _ in range(epochs):
            for batch in data.batches(rng, lengths, m):
                longest = lengths[batch].max()
                texts = words[batch, :longest], lengths[batch], one_hot[:, batch]
                loss, gradients = review_gradients(reader.parameters, *texts)
                reader.step(gradients)
                panel.step(loss, gradients)
    return reader.parameters


# %%
reader = learn_to_read(epochs=3)
print(f"right on the reviews that it learnt from: {accuracy(*reviews.train, reader):.1%}")
print(f"right on reviews that it has never seen:  {accuracy(*reviews.test, reader):.1%}")

# %% [markdown]
# Chance would be one half. The second number is the one that counts. The first is higher, on the real reviews by far,
# because the network has begun to learn its own reviews by heart. This is called *overfitting*; it is no sign of a
# wrong gradient. On the real reviews the second is close to 80 %, as much as a library's LSTM of this size reaches; and
# every one of these gradients has gone through your own functions.
#
# To be fair: a much simpler method, logistic regression on which words occur, does as well on the real reviews, in less
# than a second (we measured it outside of this lesson). In sentences so short a single word mostly gives the verdict
# away, and an LSTM finds nothing more in so few of them. Where the order of the words decides, counting fails: in the
# made-up sentences ("not dull, but slow") logistic regression is right six times in ten, and the LSTM nearly always.
#
# ## 8 Which words moved the verdict?
#
# The score of "positive" minus that of "negative" is one number. Send back a gradient of 1 from the score of "positive"
# and of -1 from that of "negative" (in the code "negative" comes first), and `dx` says for every step how that number
# follows the word's vector. If the vector $x$ vanished, the number would fall by about
#
# $$\sum_{\text{features}} dx \odot x$$
#
# (about, because it is a straight line in place of a curve). So this is how much the word speaks for "positive". It
# is called its *saliency*. **Write a review of your own** in the second cell below, and run that cell again.


# %%
def score_gradient(x, parameters):
    """Return how the score of "positive", minus that of "negative", follows the input; (n_x, 1, T_x)."""
    lengths = np.array([x.shape[2]])
    _, a_last, caches = forward(x, lengths, parameters, states.lstm_states)
    return backward(np.array([[-1.0], [1.0]]), a_last, caches, lengths, lstm_backward)["dx"]


def show(review):
    """Draw a review with what its words did to the verdict."""
    words, lengths = data.pad([review], vocabulary)
    x = reader["E"][:, words]
    weights = (score_gradient(x, reader) * x).sum(axis=0)[0]
    positive = probabilities(words, lengths, reader)[1, 0]
    shown = [word if word in vocabulary else word + "?" for word in data.tokenise(review)]
    verdict = f"positive, {positive:.0%}" if positive > 0.5 else f"negative, {1 - positive:.0%}"
    return viz.saliency(shown, weights, verdict, sides=("positive", "negative"))


# %%
review = "The story is rather dull, but the acting is wonderful."

show(review)

# %% [markdown]
# (A question mark stands behind words that the network does not know.) Bars above a word speak for "positive", hatched
# ones below it for "negative". Try `"It is not bad at all."`: does *not* turn *bad* round, or are there now two bad
# words? And does the order matter in `"A bad film with good actors."`? Small networks that have read few sentences
# often get such things wrong. Here you can see which words led it astray.
#
# ## 9 Dreaming an input
#
# One more thing to do with `dx`. So far the input was given and the weights moved. Now **freeze the weights and move
# the input**: which input would the network have called positive? Start with a review, and go downhill on the loss
# with respect to $x$:
#
# $$x \leftarrow x - s\, \frac{\partial L}{\partial x} \qquad \text{again and again, with a small step } s$$
#
# **Small numbers.** A loss that is lowest at 3: $L = \frac12 (x - 3)^2$ has the gradient $x - 3$. Three steps with
# $s = 0.5$, from 0:

# %%
x_small = 0.0
for _ in range(3):
    dx_here = x_small - 3
    x_small = x_small - 0.5 * dx_here
    print(f"gradient {dx_here:.3f}, so x becomes {x_small:.3f}")

# %% [markdown]
# ### Exercise 5: `dream_input` (about 4 lines)
#
# `input_gradient` is a function: `input_gradient(x)` returns the gradient of the loss with respect to `x`, at this
# `x`. Leave the `x` that you are given as it is; it will be needed for comparison.


# %% nbgrader={"grade": false, "grade_id": "dream_input", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dream_input(x, input_gradient, steps, step_size):
    """Go downhill from an input.

    x:              where to start, (n_x, m, T_x)
    input_gradient: function that returns the gradient of the loss at an input, of its shape
    steps:          how many steps to take
    step_size:      how much of the gradient to go at each step
    returns:        where it ends, (n_x, m, T_x)
    """
    ### BEGIN SOLUTION
    dreamed = x.copy()
    for _ in range(steps):
        dreamed = dreamed - step_size * input_gradient(dreamed)
    return dreamed
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-dream_input", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.dream_input(dream_input)
### BEGIN HIDDEN TESTS
check.dream_input(dream_input, seed=9405)
### END HIDDEN TESTS

# %% [markdown]
# Now turn a bad review into a good one. The loss is $-\log \hat y_{\text{positive}}$; its gradient at the scores is
# again how much each probability is too high.

# %%
bad_review = "The story is dull and the acting is weak."


def gradient_towards_positive(x):
    """Return the gradient of -log(probability of "positive") with respect to the input."""
    lengths = np.full(x.shape[1], x.shape[2])
    z, a_last, caches = forward(x, lengths, reader, states.lstm_states)
    dz = softmax(z) - np.array([[0.0], [1.0]])
    return backward(dz, a_last, caches, lengths, lstm_backward)["dx"]


def positive(x):
    """Return the probability of "positive"."""
    z, _, _ = forward(x, np.full(x.shape[1], x.shape[2]), reader, states.lstm_states)
    return softmax(z)[1, 0]


words, _ = data.pad([bad_review], vocabulary)
x = reader["E"][:, words]
before = {name: W.copy() for name, W in reader.items()}
dreamed = dream_input(x, gradient_towards_positive, steps=2 if quick else 20, step_size=0.01)

print(f"probability of positive: {positive(x):.3f} before, {positive(dreamed):.3f} after")
print(f"change of the input:     {np.linalg.norm(dreamed - x) / np.linalg.norm(x):.0%} of its norm")
print("weights untouched:      ", all(np.array_equal(before[name], reader[name]) for name in reader))

# %% [markdown]
# A vector that was dreamed is no word. But each one has a nearest word, and it can be asked for. Which words had to
# move most?

# %%
names = {number: word for word, number in vocabulary.items()}


def nearest_word(vector):
    """Name the known word whose vector is nearest."""
    distances = np.linalg.norm(reader["E"][:, 2:] - vector[:, None], axis=0)
    return names[2 + int(distances.argmin())]


for word, vector, moved in zip(data.tokenise(bad_review), dreamed[:, 0].T, (dreamed - x)[:, 0].T, strict=True):
    print(f"{word:10} moved by {np.linalg.norm(moved):.2f}, nearest word now: {nearest_word(vector)}")

# %% [markdown]
# Usually the nearest words are still the same ones. All vectors have moved a little, each in the direction in which the
# loss falls fastest. If the probability above is now over one half, that was enough to turn the verdict. A small change
# in a well-chosen direction can fool a network: people who attack networks that look at pictures do this with the
# pixels, and people who want to understand networks do it, too.

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-stall-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 10 In your own words
#
# ### Question (3 points, read by a person)
#
# A friend has trained an RNN on the adding problem with $T = 100$. Its loss has been between 0.16 and 0.17 for an
# hour. "It has learnt something," she says, "at the start it was 0.5. I'll let it run overnight." What has it learnt,
# why will the night not help, and what would? Use the influence map in your answer. Three to six sentences.
#
# === BEGIN MARK SCHEME ===
# 1 point: it answers the mean, 1, whatever the sequence; 0.167 is the variance of the answer.
#
# 1 point: the gradient of the loss at states dozens of steps back is next to nothing, so what should be remembered from
# there gets no usable gradient; more steps of training do not change that.
#
# 1 point: a road on which the gradient survives, such as the LSTM's memory with forget gates near 1 (or, less good, shorter
# sequences first).
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-stall", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# It has learnt to answer 1, the mean of all answers, and the loss of that is the variance, one sixth. To do better it
# would have to carry a number over dozens of steps, but on the influence map the gradient of the last loss is down to
# almost nothing after a few dozen steps, so the weights never hear of the numbers back there. A night of steps along
# a gradient without that part leads to the same place. An LSTM has a second road, the memory, where the gradient is
# multiplied by forget gates near one, and there it survives.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Train a recurrent network of your own, with gradients of your own, and prove them right before you start.
# - Say what clipping, Adam and an embedding do, and write each in a few lines.
# - Use the gradient of the input: to train what is below it, to see what mattered, and to find an input for a wanted output.
#
# **Something to think about, after the last lesson.** Everything here was one rule, used many times: a value that is
# used several times collects the sum of what comes back. Where have you met it? In the biases, at every state, in the
# weights over time, in the memory of the LSTM, in the words. A network with attention uses every state at every later
# step. How many roads lead back to one of its states?
#
# ## Questions people ask
#
# ### Why compute dx if we never update x? Can I use it to find an input for a wanted output?
#
# Yes: sections 8 and 9 do. And with embeddings `dx` does update something, the vectors of the words: section 6.
#
# ### Which states get a gradient from the loss when there is only one answer at the end?
#
# From the loss itself only the last real one; all others have zeros in `da`. They hear of the loss through time:
# section 1.
#
# ### What happens at the padding? Do I need a mask?
#
# The network runs over it, and nothing looks at what it computes there. The states after the last real step get no
# gradient, so neither do their inputs: `dx` is zero at the padding, and `dE` of the padding word too. A mask would be
# needed if every step had a loss.
#
# ### Should I divide by m?
#
# Once, and in the loss. Here the loss is a mean over the examples, so its gradient at the scores has a $1/m$;
# everything behind it sums. Divide again and your gradients are $m$ times too small.
#
# ### Why clip by the norm of all gradients together, and not each array by itself?
#
# Because the gradient is one arrow. If each array is shortened by its own measure, the arrow points somewhere else:
# section 3.
#
# ### My loss is nan after a few steps
#
# Something has exploded. Lower the learning rate, or clip at a smaller norm. If it is nan from the first step on,
# check the gradients, and look for a division by zero: an epsilon that is missing in Adam, or the norm of a gradient
# that is zero.
#
# ### My loss falls, so my gradients must be right?
#
# No. A wrong gradient often points roughly downhill, and the training is merely worse than it could be. Only a
# comparison with the loss itself tells: section 2.
#
# ### I changed the function and the result did not change
#
# Run the cell that defines it again; and for a function from an earlier lesson, save that notebook and run the cell
# with `own.function` again.
