"""The command ``bptt release``: write the students' bundle, without solutions."""

from __future__ import annotations

from pathlib import Path

import click

from bptt.wording import plural
from bptt_instructor.cli.options import course_option


@click.command(short_help="Put together what students get, without solutions.")
@click.argument("to", metavar="[FOLDER or ZIP]", type=click.Path(path_type=Path), required=False)
@click.option("--single-file", is_flag=True, help="Write notebooks that bring their helpers along.")
@course_option
def release(*, to: Path | None, single_file: bool, course: Path) -> None:
    """Put together what students get, prove that no solution is in it, and write it.

    It has the notebooks, the learners' package with its set-up, and a README for students; nothing that grades. Every
    file is searched for every hidden line of every lesson first. When one is found, the command says where, and writes
    nothing. Without a name, it writes build/bptt-course.zip. The same course always gives the same archive, byte for
    byte.

    With --single-file, it writes the notebooks alone, into build/single-file/. Each has the learners' package in its
    first cell, compressed, and runs anywhere: Google Colab, Kaggle, VS Code, any Jupyter with NumPy, Matplotlib and
    ipywidgets, without a network. They are handed in and graded like all others.

    \b
    Examples:
      bptt release                    write build/bptt-course.zip
      bptt release ~/bptt-course.zip  write an archive elsewhere
      bptt release ../for-students    write a folder, such as for a repository
      bptt release --single-file      write notebooks for Google Colab, and anywhere
    """
    from collections import Counter
    from contextlib import suppress

    from bptt_instructor.lessons.bundle import bundle
    from bptt_instructor.lessons.releases import record_release
    from bptt_instructor.lessons.source import LessonError
    from bptt_instructor.lessons.write_bundle import TOP_FOLDER, write_bundle

    to = to or course / "build" / ("single-file" if single_file else f"{TOP_FOLDER}.zip")
    try:
        contents = bundle(course, single_file=single_file)
    except LessonError as error:
        raise click.ClickException("This must not go out yet, and nothing was written.\n" + str(error)) from None
    try:
        write_bundle(contents.files, to)
    except FileExistsError:
        raise click.ClickException(
            f"{to} is there and not empty, with other files than these. Name a new folder, or one .zip file."
        ) from None
    for name, content in contents.files.items():
        path = Path(name)
        if path.suffix == ".ipynb" and (single_file or name == f"notebooks/{path.stem}/{path.name}"):
            with suppress(OSError):
                record_release(course, path.stem, content)
    if single_file:
        for name, content in contents.files.items():
            click.echo(f"  {name:32}{len(content) / 1e6:4.1f} MB")
    else:
        counts = Counter(f"{Path(name).parts[0]}/" if "/" in name else name for name in contents.files)
        for name, count in sorted(counts.items()):
            click.echo(f"  {name:20}{f'{count:4} file' + 's' * (count != 1) if name.endswith('/') else ''}".rstrip())
    click.echo(f"{to}: {len(contents.files)} files, {contents.size / 1e6:.1f} MB.")
    lessons = plural(contents.lessons, "lesson")
    click.echo(
        f"Searched for {contents.secrets} lines of solutions, hidden tests and rubrics of {lessons}: none is inside."
    )
    if single_file:
        click.echo("Next: put them where your students can get them. In Google Colab: File, Upload notebook.")
    else:
        click.echo("Next: put it where your students can get it. They start with its README.md.")
        click.echo("For Google Colab, 'bptt release --single-file' writes notebooks that need no other file.")
