"""Submissions that are unfinished, damaged, or no notebook at all."""

from submissions.entry import AUTO, Entry
from submissions.wrong import parameters

ALL = tuple(AUTO)
DUE = "2026-01-12 23:59:59 UTC"

WHOLE = "check-rnn_cell_backward"


def cell(notebook, grade_id):
    return next(cell for cell in notebook.cells if cell.id == grade_id)


def prints_a_lot(notebook):
    cell(notebook, "rnn_cell_dz").source += '\n\n\nfor step in range(20_000):\n    print("step", step, "of 20000")'
    return notebook


def forgets_a_bracket(notebook):
    solution = cell(notebook, "rnn_cell_parameters_backward")
    solution.source = solution.source.replace("keepdims=True)", "keepdims=True")
    return notebook


def deletes_the_check_of_dba(notebook):
    notebook.cells.remove(cell(notebook, "check-dba"))
    return notebook


def passes_the_last_check(notebook):
    cell(notebook, WHOLE).source = "pass"
    return notebook


def ends_python(notebook):
    cell(notebook, "rnn_cell_parameters_backward").source += "\n\n\nimport os\n\nos._exit(1)"
    return notebook


BREAKS = {
    "rnn_cell_dz": "import logging\nimport sys\n\nprint('\\ud800')\nlogging.basicConfig(stream=sys.stderr)\n"
    "sys.stdout.close()\nlogging.warning('dz')",
    "rnn_cell_inputs_backward": "class Log:\n    def write(self, text):\n        pass\n\n\n"
    "sys.stdout = Log()\nsys.stderr = None\nrnn_cell_inputs_backward",
    "rnn_cell_parameters_backward": "import os\nimport subprocess\n\nsubprocess.run(['echo', 'done'])\n"
    "os.close(1)\nsys.__stdout__ = sys.stdout = None",
}


def breaks_its_streams(notebook):
    for solution, lines in BREAKS.items():
        cell(notebook, solution).source += f"\n\n\n{lines}"
    return notebook


def as_a_report(_):
    return b"%PDF-1.7\nMy solution, as a report.\n"


def nothing(_):
    return None


BROKEN = (
    Entry("s1301", "Valentina", "Rossi", blank=True, loses=ALL, says="not written yet"),
    Entry(
        "s1302",
        "Wolfgang",
        "Schäuffele",
        parameters(),
        then=forgets_a_bracket,
        loses=("check-dWax", "check-dWaa", "check-dba"),
        says="rnn_cell_parameters_backward does not run: SyntaxError",
    ),
    Entry("s1303", "Xiùlán", "Zhào", then=prints_a_lot),
    Entry(
        "s1304",
        "Yusuf",
        "al-Khwarizmi",
        parameters(dba="dz.sum(axis=1)"),
        then=deletes_the_check_of_dba,
        loses=("check-dba",),
        status="repaired",
        causes=("sum-without-keepdims",),
        says="check-dba had gone: put back",
    ),
    Entry(
        "s1305",
        "Zoë",
        "Vandenbroucke",
        {"rnn_cell_backward": "return {}"},
        then=passes_the_last_check,
        loses=(WHOLE,),
        status="tampered",
        says="check-rnn_cell_backward had been changed to test something else: restored",
    ),
    Entry(
        "s1306",
        "Åse",
        "Østby",
        then=ends_python,
        loses=("check-dWax", "check-dWaa", "check-dba", WHOLE),
        status="crashed",
        says="Python stopped",
    ),
    Entry("s1307", "Ibrahim", "Diallo", status="late", says="2 d 1 h late", handed_in="2026-01-15 01:00:00 UTC"),
    Entry("s1308", "Karel", "Čapek", then=as_a_report, loses=ALL, status="unreadable", says="begins with '%PDF-1.7'"),
    Entry("s1310", "Maryam", "Mirzā", then=breaks_its_streams),
    Entry("s1309", "Lý", "Thái Tổ", then=nothing, loses=ALL, status="missing notebook", says="the folder is empty"),
)
