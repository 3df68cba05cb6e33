"""The table of exercises, one file for each lesson.

A new exercise is an entry here, a forward pass, and functions for it in ``exact`` and ``inputs``. For a recurrent cell
with one state the forward pass is enough: see ``recurrent``.
"""

from bptt.check.exercises import graphs, letters, lstm_cell, lstm_sequence, rnn_cell, rnn_sequence, training

EXERCISES = {
    exercise.name: exercise
    for exercise in (
        graphs.TANH_BACKWARD,
        graphs.SIGMOID_BACKWARD,
        graphs.WEIGHTED_INPUT_BACKWARD,
        graphs.FAN_OUT,
        graphs.NUMERICAL_GRADIENT,
        graphs.RELATIVE_ERROR,
        graphs.TWO_LAYER_BACKWARD,
        rnn_cell.RNN_CELL_DZ,
        rnn_cell.RNN_CELL_INPUTS_BACKWARD,
        rnn_cell.RNN_CELL_PARAMETERS_BACKWARD,
        rnn_cell.RNN_CELL_BACKWARD,
        rnn_sequence.OUTPUT_BACKWARD,
        rnn_sequence.RNN_BACKWARD,
        rnn_sequence.RNN_BACKWARD_PER_LOSS,
        rnn_sequence.RNN_BACKWARD_TRUNCATED,
        lstm_cell.LSTM_CELL_DC,
        lstm_cell.LSTM_CELL_GATES_BACKWARD,
        lstm_cell.LSTM_CELL_PARAMETERS_BACKWARD,
        lstm_cell.LSTM_CELL_INPUTS_BACKWARD,
        lstm_cell.LSTM_CELL_BACKWARD,
        lstm_cell.LSTM_CELL_DZ,
        lstm_sequence.LSTM_BACKWARD,
        lstm_sequence.LSTM_BACKWARD_FUSED,
        training.CLIP_GRADIENTS,
        training.ADAM_STEP,
        training.MANY_TO_ONE_UPSTREAM,
        training.EMBEDDING_BACKWARD,
        training.DREAM_INPUT,
        letters.NEXT_LETTER_TARGETS,
        letters.SAMPLE_NAME,
        letters.LETTER_GRADIENTS,
    )
}

CELLS = tuple({exercise.cell.name: exercise.cell for exercise in EXERCISES.values() if exercise.cell}.values())
"""The cells of exercises that are made from a forward pass alone."""
