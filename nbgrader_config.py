"""nbgrader's settings for this course; nbgrader's own commands and ``bptt build`` both read them."""

from pathlib import Path

c = get_config()

c.CourseDirectory.course_id = "bptt"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
# Built from solutions/, never edited by hand.
c.CourseDirectory.source_directory = "build/source"
c.CourseDirectory.release_directory = "notebooks"

# nbgrader's own steps, but for ClearSolutions. By name, because importing nbgrader's steps takes seconds.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "bptt_instructor.nbgrader_plugins.clear_solutions.ClearSolutionsNamed",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# notebooks/ is committed, so it is there before the gradebook knows the lesson. Without this, nbgrader would
# skip the lesson and never tell the gradebook.
c.GenerateAssignment.force = True

c.ClearSolutions.code_stub = {
    "python": "# Your code goes here, in place of the line below.\n"
    'raise NotImplementedError("{exercise} is still to be written")'
}
c.ClearSolutions.text_stub = (
    "**Your answer.** Double-click here, write it in place of this text, and press Shift+Enter."
)
# A rubric stands in the locked question above the answer, and so comes back with it for grading.
c.ClearMarkScheme.enforce_metadata = False

# Seconds for one cell. The longest, in lesson 04, trains a model.
c.Execute.timeout = 120

# Submissions run in a sandbox, and what they are worth is decided outside of it. Both are the same in bptt grade.
c.Autograde.pre_convert_hook = "bptt_instructor.nbgrader_plugins.quarantine.quarantine"
c.Autograde.exporter_class = "bptt_instructor.nbgrader_plugins.submission_exporter.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "bptt_instructor.nbgrader_plugins.execute_in_sandbox.ExecuteInSandbox",
    "nbgrader.preprocessors.LimitOutput",
    "bptt_instructor.nbgrader_plugins.save_verdicts.SaveVerdicts",
    "nbgrader.preprocessors.AssignLatePenalties",
    # Feedback shows what is left of the cells.
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# A page of the exercises alone, with reports and hints, and without mark schemes.
c.GenerateFeedback.preprocessors = ["bptt_instructor.feedback.preprocessor.GatherFeedback"]
c.GenerateFeedback.exporter_class = "bptt_instructor.feedback.exporter.FeedbackExporter"

# For nbgrader zip_collect, with archives of Canvas and Moodle; bptt collect is the same with fewer steps. A class list
# may be named in c.CollectFromLms.roster, and the time zone that Moodle's times are in, in c.Exchange.timezone.
c.ZipCollectApp.extractor_plugin = "bptt_instructor.nbgrader_plugins.extract_bounded.ExtractBounded"
c.ZipCollectApp.collector_plugin = "bptt_instructor.nbgrader_plugins.collect_from_lms.CollectFromLms"

# nbgrader's own does not quote, so a comma in a name would shift its columns.
c.ExportApp.plugin_class = "bptt_instructor.nbgrader_plugins.exporters.ExportAsCsv"
