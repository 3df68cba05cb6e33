# %% [markdown]
# # Lesson 5: names
#
# Here is a network that has read a thousand names of dinosaurs, letter by letter. **Type the beginning of a name**,
# your own perhaps, and watch what it expects next.

# %%
import numpy as np

from bptt import check, data, inputs, own, widgets
from bptt.activations import softmax
from bptt.letter_model import LetterModel, letter_forward, one_hot, trained_letters

names = data.dinosaurs()
widgets.next_letters(trained_letters(), names.train, first="tri")

# %% [markdown]
# Nobody has told it about *-saurus* or *-ceratops*, or that a vowel follows *tyr*. It started from 2,811 numbers,
# nearly all of them random, and in each of 2,000 steps every one of them was moved a little. **Which way, for each
# number?** Your own backward pass will answer that in this lesson, and at the end you will have trained this network
# yourself.
#
# And there is an experiment. Every step of this network has a loss, so a gradient reaches each state on both roads of
# lesson 2: from its own step, `da[:, :, t]`, and through time, `da_prevt`. **What happens to the names if you leave the
# second one out?**
#
# You will be able to
#
# - turn text into inputs and targets for a model with a loss at every step,
# - put your backward passes together into a training of your own, and test them before it runs,
# - let a network write, more boldly or more carefully,
# - say what the road through time is worth, in numbers.
#
# **You need:** lesson 2 (with lesson 1), and clipping and Adam from lesson 4, beside this notebook or in the folders
# beside it. If one is missing, the next cell says what to do, in Colab too. **Time:** about an hour, of which your
# computer needs one minute. **Points:** 10, on top of the course's 100: 7 are given by the checks and 3 for a written
# answer.

# %%
import os

# Where a notebook is graded nobody watches a training.
quick = "NBGRADER_EXECUTION" in os.environ

rnn_cell_backward = own.function("01_cell_backward", "rnn_cell_backward")
output_backward = own.function("02_sequence_backward", "output_backward")
rnn_backward = own.function("02_sequence_backward", "rnn_backward")
clip_gradients = own.function("04_training", "clip_gradients")
adam_step = own.function("04_training", "adam_step")

# %% [markdown]
# ## 1 What is read, and what should follow
#
# To write a name is to answer the same question again and again: *which letter comes next?* So the network reads a name
# from left to right, and at **every** step it predicts the next letter. In lesson 4 a whole review had one answer and
# one loss. Here each step has its own; this is called *many to many*.
#
# Two of these predictions are easy to forget. Before the first letter, the network should already have an opinion. And
# after the last one it should say: the name is over. One extra letter does both: a **mark**, with the number 0. It is
# read before the name, and predicted behind it. The letters from a to z are 1 to 26.

# %% tags=["skip-execution"]
letters, lengths = data.as_letters(["anzu", "mei"])
print(letters)
print("lengths:", lengths)

# %% [markdown]
# For *mei* the steps are these. What should follow is what is read one step later:
#
# | step | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | it reads | mark | m | e | i | (0) |
# | it should predict | m | e | i | mark | (0) |
# | it counts | yes | yes | yes | yes | no |
#
# *anzu* is one letter longer, so there is a step 4, at which *mei* is over. Rows are filled up with zeros, inputs and
# targets alike, and what the network does there must not count. So each step gets a **weight**: zero where the name is
# over, and the same for all real steps, $1 / N$, where $N$ is the number of real steps of all names together. Then the
# weighted sum of all losses is their mean. (For these two names $N = 5 + 4$.)
#
# ### Exercise 1: `next_letter_targets` (about 5 lines)


# %% nbgrader={"grade": false, "grade_id": "next_letter_targets", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_letter_targets(letters, lengths):
    """Say what is read at each step, what should follow, and how much the step counts.

    letters: numbers of the letters, one name in each row, filled up with zeros, (m, T_x)
    lengths: how many letters each name has, (m,)
    returns: a dict with "inputs", "targets" and "weight", each (m, T_x + 1)
    """
    m, T_x = letters.shape
    mark = np.zeros((m, 1), dtype=int)
    ### BEGIN SOLUTION
    inputs = np.concatenate([mark, letters], axis=1)
    targets = np.concatenate([letters, mark], axis=1)
    real = np.arange(T_x + 1) <= lengths[:, None]
    return {"inputs": inputs, "targets": targets, "weight": real / real.sum()}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-inputs-targets", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.next_letter_targets(next_letter_targets, only=["inputs", "targets"])
### BEGIN HIDDEN TESTS
check.next_letter_targets(next_letter_targets, only=["inputs", "targets"], seed=9501)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "check-weight", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.next_letter_targets(next_letter_targets, only=["weight"])
### BEGIN HIDDEN TESTS
check.next_letter_targets(next_letter_targets, only=["weight"], seed=9501)
### END HIDDEN TESTS

# %% [markdown]
# ## 2 One loss for every step
#
# The model is the RNN of lesson 2. A letter goes in as a *one-hot* column, with a 1 at the letter's number and zeros
# elsewhere; so `Wax @ xt` simply picks one column of `Wax`. Out come 27 probabilities. The loss of a step is the
# cross-entropy: minus the logarithm of the probability that the right letter got.
#
# **Small numbers.** If the right letter got a probability of 1/4, the loss is $-\log \frac14 = 1.39$. Turn it round,
# $e^{1.39} = 4$, and it reads well: the network was as unsure as somebody who has to choose between four equally likely
# letters. This number, $e^{\text{mean loss}}$, is called **perplexity**. It is 27 for somebody who knows nothing.

# %% tags=["skip-execution"]
for p in (1 / 27, 1 / 4, 0.9):
    print(f"probability {p:.3f}    loss {-np.log(p):.3f}    as unsure as between {np.exp(-np.log(p)):.1f} letters")


# %% tags=["skip-execution"]
def name_loss(parameters, inputs, targets, weight):
    """Return the weighted sum of the losses of all steps (inputs: the letters read, not the module)."""
    y_pred, _, _ = letter_forward(parameters, inputs)
    probability = (y_pred * one_hot(targets, len(y_pred))).sum(axis=0)
    return -(weight * np.log(probability)).sum()


def new_network(n_a, seed=1):
    """Draw the parameters of an RNN that reads and predicts letters."""
    parameters = inputs.rnn_parameters(np.random.default_rng(seed), data.N_LETTERS, n_a, data.N_LETTERS)
    for name in ("ba", "by"):
        parameters[name] = np.zeros_like(parameters[name])
    return parameters


# %% [markdown]
# (`letter_forward` is the forward pass of lesson 2, with one-hot columns for letters. It returns `y_pred, a, caches`.
# Biases start at zero.)
#
# ## 3 All the way back
#
# You have everything that it takes:
#
# - `output_backward(y_pred, y, a, Wya)` goes from the losses of all steps back to the states, and returns `da_loss`,
#   `dWya` and `dby`;
# - `rnn_backward(da, caches)` goes back through the cells, and returns `dWax`, `dWaa`, `dba` and more.
#
# In lesson 4 nearly all of `da` was zero. Now no step is empty: at each state, what its own prediction wants and what
# all later predictions want meet, and `da[:, :, t] + da_prevt` adds them.
#
# And the weights? Each loss is multiplied by its weight, so the gradient at its scores is, too: $w\,(\hat y - y)$. Your
# `output_backward` starts from $\hat y - y$, and everything behind it is products and sums. So if you give it $w\,\hat
# y$ and $w\,y$ in place of $\hat y$ and $y$, the weights go through. (From here on $T_x$ counts the steps, the mark's
# among them: `weight` has the shape $(m, T_x)$ and `y_pred` the shape $(n_x, m, T_x)$; `weight * y_pred` multiplies all
# 27 letters of a step by its weight.)
#
# ### Exercise 2: `letter_gradients` (about 5 lines)
#
# For this check your earlier functions are replaced by exact ones: a mistake in them costs nothing here. Call
# `sequence_backward(da, caches)`, not `rnn_backward`: it is the same function unless another one is passed in, as the
# cell after the next one does.


# %% nbgrader={"grade": false, "grade_id": "letter_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def letter_gradients(parameters, inputs, targets, weight, sequence_backward=None):
    """Go back from the weighted losses of all steps to all parameters.

    parameters:      dict with Wax, Waa, ba, Wya, by
    inputs, targets: numbers of the letters, (m, T_x)
    weight:          how much each step counts, (m, T_x)
    returns:         a dict with "dWax", "dWaa", "dba", "dWya" and "dby"
    """
    sequence_backward = sequence_backward or rnn_backward
    y_pred, a, caches = letter_forward(parameters, inputs)
    y = one_hot(targets, len(y_pred))
    ### BEGIN SOLUTION
    output = output_backward(weight * y_pred, weight * y, a, parameters["Wya"])
    cells = sequence_backward(output["da_loss"], caches)
    gradients = {name: cells[name] for name in ["dWax", "dWaa", "dba"]}
    return {**gradients, "dWya": output["dWya"], "dby": output["dby"]}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-letter_gradients", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.letter_gradients(letter_gradients)
### BEGIN HIDDEN TESTS
check.letter_gradients(letter_gradients, seed=9502)
### END HIDDEN TESTS

# %% [markdown]
# Now test the whole chain, with **your own** functions in all places, on a small network and three names. And beside it
# the same with the road through time cut off: each cell goes back from the loss of its own step, and what it hands to
# the cell before it is thrown away.


# %% tags=["skip-execution"]
def without_time_path(da, caches):
    """Go back through each cell from the loss of its own step alone."""
    total = {"dWax": 0, "dWaa": 0, "dba": 0}
    for t, cache in enumerate(caches.steps):
        here = rnn_cell_backward(da[:, :, t], cache)
        total = {name: total[name] + here[name] for name in total}
    return total


few = next_letter_targets(*data.as_letters(["anzu", "mei", "khaan"]))
small = new_network(n_a=6)
check.whole_model(lambda p: name_loss(p, **few), small, letter_gradients(small, **few))

# %% tags=["skip-execution"]
try:
    cut = letter_gradients(small, **few, sequence_backward=without_time_path)
    check.whole_model(lambda p: name_loss(p, **few), small, cut)
except check.CheckFailed:
    print("(As it should be: this is the one with the road through time cut off.)")

# %% [markdown]
# So without `da_prevt` three of the five gradients are wrong, those of everything that lies in the cells. But lesson 4
# warned: a wrong gradient hardly ever stops a training. Would you notice? Section 7 tries it.
#
# ## 4 Let it write
#
# A network that predicts can also write. It reads the mark, and one letter is **drawn** from its probabilities; it
# reads that letter, and so on, until the mark is drawn. What goes from step to step is the letter, and the state.
#
# Drawing from the probabilities as they are is not always what you want. Divide the scores by a **temperature** first,
# $\text{softmax}(z / \text{temperature})$: below 1, likely letters become likelier still, and the network plays safe;
# above 1, it becomes daring.
#
# **Small numbers.** Three letters with the scores 2, 1 and 0:

# %% tags=["skip-execution"]
z_small = np.array([[2.0], [1.0], [0.0]])
for temperature in (0.3, 1.0, 3.0):
    print(f"temperature {temperature}:", softmax(z_small / temperature)[:, 0].round(3))

# %% [markdown]
# ### Exercise 3: `sample_name` (about 9 lines)
#
# `model(letter, a)` takes a letter's number and the state, `(n_a, 1)`, and returns the scores of the next letter,
# `(27, 1)`, and the new state. It starts from the mark and from `model.a0`. Draw with `rng.choice(len(p), p=p)`, where
# `p` is a list of probabilities; the generator is there already, so that your names can be compared.


# %% nbgrader={"grade": false, "grade_id": "sample_name", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sample_name(model, temperature, seed, longest):
    """Let a model write a name, one letter after another.

    model:       z, a_next = model(letter, a_prev); the state before the first letter is model.a0
    temperature: divides the scores before softmax
    seed:        of the random generator
    longest:     the most letters that a name may have
    returns:     the numbers of the letters, (longest,); zeros behind the end of the name
    """
    rng = np.random.default_rng(seed)
    letters = np.zeros(longest, dtype=int)
    ### BEGIN SOLUTION
    letter, a = 0, model.a0
    for t in range(longest):
        z, a = model(letter, a)
        p = softmax(z / temperature)[:, 0]
        letter = rng.choice(len(p), p=p)
        if letter == 0:
            break
        letters[t] = letter
    return letters
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-sample_name", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.sample_name(sample_name)
### BEGIN HIDDEN TESTS
check.sample_name(sample_name, seed=9503)
### END HIDDEN TESTS


# %% tags=["skip-execution"]
def some_names(parameters, n=5, temperature=0.7):
    """Let a network write some names; a star marks those that it has learned from."""
    model = LetterModel(**parameters)
    written = [data.as_name(sample_name(model, temperature, seed, longest=30)) for seed in range(n)]
    return ", ".join(name + ("*" if name in names.train else "") for name in written)


print("before training:", some_names(new_network(n_a=32)))

# %% [markdown]
# ## 5 Train it
#
# A step of training draws 32 names, goes back with your gradients, clips them, and lets Adam move every number. A
# hundred of the names are kept aside: the network never sees them, so they can tell how much it has understood.


# %% tags=["skip-execution"]
class Training:
    """Parameters in training, as in lesson 4."""

    def __init__(self, parameters, learning_rate=0.005, max_norm=5.0):
        self.parameters = parameters
        self.learning_rate, self.max_norm, self.t = learning_rate, max_norm, 0
        self.means = {name: np.zeros_like(W) for name, W in parameters.items()}
        self.squares = {name: np.zeros_like(W) for name, W in parameters.items()}

    def step(self, gradients):
        """Clip, and let Adam take one step with every parameter."""
        self.t += 1
        clipped = clip_gradients(gradients, self.max_norm)
        for name, W in self.parameters.items():
            memory = self.means[name], self.squares[name]
            after = adam_step(W, clipped["d" + name], *memory, self.t, self.learning_rate)
            self.parameters[name] = after["W_next"]
            self.means[name], self.squares[name] = after["mean_next"], after["square_next"]


def perplexity(parameters, some):
    """Return between how many letters the network is unsure, on average."""
    return np.exp(name_loss(parameters, **next_letter_targets(*data.as_letters(some))))


def learn_names(title, learned, steps, n_a=32, m=32, sequence_backward=None):
    """Train a network on some names, and print what it writes on the way."""
    training, rng = Training(new_network(n_a)), np.random.default_rng(2)
    if quick:
        return training.parameters
    with widgets.training_panel(steps, title=title) as panel:
        for step in range(1, steps + 1):
            batch = [learned[j] for j in rng.choice(len(learned), m, replace=False)]
            given = next_letter_targets(*data.as_letters(batch))
            gradients = letter_gradients(training.parameters, **given, sequence_backward=sequence_backward)
            panel.step(name_loss(training.parameters, **given), gradients)
            training.step(gradients)
            if step in (1, 30, 100, 300, 1000, steps):
                print(f"step {step:4}: {some_names(training.parameters)}")
    return training.parameters


# %% [markdown]
# Watch the names. (This takes ten seconds, more on a slow machine.)

# %% tags=["skip-execution"]
network = learn_names("Names", names.train, steps=1500)

# %% [markdown]
# First come letters, then *-saurus*, then syllables that you can say; and all of it went through your own functions.
#
# ## 6 How much has it understood?
#
# Names that sound well prove little. The hundred names that it has never seen can tell. And to know what a number is
# worth, compare it with something simple: count which letter follows which, in all training names, and predict from the
# last letter alone.


# %% tags=["skip-execution"]
def pair_perplexity(some):
    """Predict each letter from the one before it, by counting pairs in the training names."""
    known = next_letter_targets(*data.as_letters(names.train))
    counts = np.full((data.N_LETTERS, data.N_LETTERS), 0.5)  # half a pair of each, so that none is impossible
    real = known["weight"] > 0
    np.add.at(counts, (known["inputs"][real], known["targets"][real]), 1)
    follows = counts / counts.sum(axis=1, keepdims=True)
    asked = next_letter_targets(*data.as_letters(some))
    return np.exp(-(asked["weight"] * np.log(follows[asked["inputs"], asked["targets"]])).sum())


print(f"as unsure as between ... letters, on {len(names.test)} names that it has never seen")
print(f"  knows nothing:    {data.N_LETTERS:5.2f}")
print(f"  counts pairs:     {pair_perplexity(names.test):5.2f}")
print(f"  your network:     {perplexity(network, names.test):5.2f}")
print(f"  (on its own names {perplexity(network, names.train):5.2f})")

# %% [markdown]
# It is well below what pairs tell, so it remembers more than the last letter. And ask it yourself. Where is it sure,
# and where is it not? What does it make of your name?

# %% tags=["skip-execution"]
widgets.next_letters(LetterModel(**network), names.train, first="cerat")

# %% [markdown]
# ## 7 The experiment: what is the road through time worth?
#
# The same network, from the same start, with the same names in the same order. Only one thing differs:
# `without_time_path` takes the place of your `rnn_backward`. The network still *runs* through time, and its states
# carry on what it has read. But no gradient comes back from a later step, to tell a state what to carry. Before you run
# it: will it learn at all?

# %% tags=["skip-execution"]
title = "Names, without the road through time"
cut_off = learn_names(title, names.train, steps=1500, sequence_backward=without_time_path)

# %% tags=["skip-execution"]
print("as unsure as between ... letters, on names that it has never seen")
print(f"  loss path alone:  {perplexity(cut_off, names.test):5.2f}    {some_names(cut_off, 3)}")
print(f"  both roads:       {perplexity(network, names.test):5.2f}    {some_names(network, 3)}")

# %% [markdown]
# It learns, and nearly as well! Looking at the names, nobody would suspect that three gradients of five are wrong. The
# two numbers are close: over five seeds they were 5.3 and 5.6 on average. **Is the road through time worth so little,
# then?**
#
# Ask what it is for. It tells a state what will be needed **later**. In a name, the next letter hardly depends on more
# than the last two or three, and some of these are still in the state by chance: random weights keep an echo of what
# was read last. There is little to be told. So give the network something to remember. Let the names stutter: each
# group of three letters comes twice.


# %% tags=["skip-execution"]
def stutter(name):
    """Say each group of three letters twice."""
    return "".join(2 * name[start : start + 3] for start in range(0, len(name), 3))


stuttered = [stutter(name) for name in names.train]
print(", ".join(stuttered[:4]))

# %% [markdown]
# Every second group is now known in advance, to a network that remembers three letters. For that it has to arrange its
# state, so that three letters fit in and come out again in order. (Half a minute for the two.)

# %% tags=["skip-execution"]
steps = 1500
both = learn_names("Stuttered names", stuttered, steps)
title = "Stuttered names, without the road through time"
cut_off = learn_names(title, stuttered, steps, sequence_backward=without_time_path)

# %% tags=["skip-execution"]
stuttered_test = [stutter(name) for name in names.test]
print("as unsure as between ... letters, on stuttered names that it has never seen")
print(f"  loss path alone:  {perplexity(cut_off, stuttered_test):5.2f}    {some_names(cut_off, 3)}")
print(f"  both roads:       {perplexity(both, stuttered_test):5.2f}    {some_names(both, 3)}")

# %% [markdown]
# Now you can see the difference. With both roads, most groups come twice. Without the road through time hardly any do:
# the network has learned which letters often follow each other, and is about as unsure as it was on plain names, though
# it has just read half of the letters that it is asked for.
#
# So that is what `da[:, :, t] + da_prevt` is for. `da[:, :, t]` says what this state should have been **for the
# prediction made here**; `da_prevt` says what it should have been **for all predictions still to come**. Leave it out,
# and the network can use its memory, but never shape it. And if little has to be remembered, you will not notice. (That
# is why you test gradients, and do not judge them by the look of the results.)
#
# **Try it:** groups of four, or six. When does it get too hard, even with both roads? Which lesson had the remedy?

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain-heart-question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 8 In your own words
#
# ### Question (3 points, read by a person)
#
# A fellow student trains the network with 128 units for an hour. On the names that it learns from, its perplexity is
# 1.9; on the hundred others it was 5.4 after one minute, and is 14 now. Nearly every name that it writes has a star.
# "My loss went down all the time, so my gradients are right, and the network is better than ever," she says. Is she
# right, on either point? What has happened, how would you test the gradients, and what would you do about the names?
# Three to six sentences.
#
# === BEGIN MARK SCHEME ===
# 1 point: the network has learned its own names by heart (overfitting): the number on new names counts, and it is worse
# than at the start and worse than counting pairs.
#
# 1 point: a falling loss proves nothing about gradients (the cut-off network's loss fell, too); a comparison with the
# loss itself does, such as check.whole_model or nudges.
#
# 1 point: a remedy that fits: stop when the number on new names is best, fewer units, more names (or another kind of
# regularisation).
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-heart", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# <!-- BEGIN SOLUTION -->
# Neither. The gradients may well be right, but a falling loss does not show it: the network without the road through
# time had a falling loss as well. A test is to compare them with the loss itself along random directions, as
# check.whole_model does. And the network is not better: it has learned its names by heart, and on names that it has not
# seen it is worse than after a minute, worse than counting pairs. I would keep the parameters from the step at which
# the perplexity on other names was lowest, or use fewer units or more names.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What you can now do
#
# - Train a model that predicts at every step, with a backward pass of your own from the first line to the last.
# - Let it write, and measure what it has understood, on what it has never seen.
# - Say what the sum `da[:, :, t] + da_prevt` does for a network, and why nobody notices when half of it is missing.
#
# ## Where next
#
# - **A GRU.** It has one state and two gates, and its backward pass is a good test of what you know. Start from its
#   forward pass, draw the graph, go back node by node. Whoever has the whole course, with its page for authors
#   (`docs/authoring.md`), can have it checked: `bptt new-lesson 06_gru` makes a lesson from the forward pass alone.
# - **`loss.backward()`.** PyTorch and JAX do what you have done: they record the graph while they go forward, and go
#   back through it from the end, adding where roads meet. Write a class `Value` with `+`, `*` and `tanh` that does so
#   for single numbers; fifty lines are enough.
# - **Attention.** An RNN squeezes all that it has read into one state. With attention, every step may look at all
#   earlier states. Draw that graph: how many roads lead back to one of them?
# - **A project.** Take a list of names of your own (towns, rivers, first names; a few hundred will do) and train on it.
#   Then put the LSTM in: `states.lstm_states` goes forward, your `lstm_backward` goes back. Is it better on new names?
#   By how much, over five seeds?
#
# Worth reading, in this order:
#
# 1. A. Karpathy, *The Unreasonable Effectiveness of Recurrent Neural Networks* (2015): character models, and what their
#    units have learned.
# 2. C. Olah, *Understanding LSTM Networks* (2015): the LSTM in pictures.
# 3. P. Werbos, *Backpropagation through time: what it does and how to do it*, Proceedings of the IEEE 78(10), 1990:
#    where all this comes from, and still clear.
# 4. R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*, ICML 2013:
#    gradients that vanish and explode, and clipping.
# 5. D. Bahdanau, K. Cho and Y. Bengio, *Neural machine translation by jointly learning to align and translate*, ICLR
#    2015: the first step to attention.
#
# ## Questions people ask
#
# ### Do I need a mask at the padding now?
#
# Yes, because every step has a loss, and a name is over at some step. The weight of 0 is that mask: its step adds
# nothing to the loss, and so nothing to any gradient.
#
# ### Why one-hot, and not an embedding?
#
# With 27 letters it makes no difference: `Wax` times a one-hot column is a column of `Wax`, so `Wax` **is** an
# embedding. With thousands of words you would look the column up, as in lesson 4, in place of multiplying zeros.
#
# ### Why do I not get the same names as my neighbour?
#
# You should, nearly: all generators are seeded. But sums in another order differ in their last digits, and a training
# makes much of little. After a few hundred steps two machines may be at different names.
#
# ### Why not always take the likeliest letter?
#
# Then there is one name that the network can write, and it writes it for ever. Try a temperature of 0.2.
#
# ### I changed the function and the result did not change
#
# Run the cell that defines it again; and for a function from an earlier lesson, save that notebook (if you uploaded it,
# upload it again) and run the cell with `own.function` again.
