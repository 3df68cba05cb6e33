"""From the archive that Canvas or Moodle gives to a row for each student."""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from submissions.course import fill
from submissions.entry import ASSIGNMENT, Entry

from bptt_instructor.cli import main
from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.lms.collect_archives import collect_archives
from bptt_instructor.nbgrader_plugins.collect_from_lms import NOT_TAKEN

FILE = f"{ASSIGNMENT}.ipynb"
LIST = {
    "canvas": """\
Student,ID,SIS User ID,SIS Login ID,Section
"Lovelace, Ada",101,S1,ada,A
"Ünal, Zoë",102,S2,zoe,A
"Noether, Emmy",103,S3,emmy,A
""",
    "moodle": """\
Identifier,Full name,Email address,Last modified (submission)
Participant 2001,Ada Lovelace,ada,"Friday, 20 November 2026, 10:15 PM"
Participant 2002,Zoë Ünal,zoe,"Freitag, 20. November 2026, 10:15"
Participant 2003,Emmy Noether,emmy,-
""",
}
NAMES = {
    "canvas": (f"lovelaceada_101_5001_{FILE}", f"ünalzoë_LATE_102_5002_{ASSIGNMENT}-1.ipynb"),
    "moodle": (
        f"Ada Lovelace_2001_assignsubmission_file_/{FILE}",
        f"Zoë Ünal_2002_assignsubmission_file_{ASSIGNMENT} (1).ipynb",
    ),
}


@pytest.fixture
def folder(empty_course, tmp_path):
    return shutil.copytree(empty_course, tmp_path / "course")


@pytest.fixture(scope="module")
def work(empty_course):
    """Return notebooks of a given kind of work, as text."""

    def text(**lines):
        return nbformat.writes(fill(empty_course, Entry("x", "X", "X", **lines)))

    return text


def packed(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("lms", ["canvas", "moodle"])
def test_an_archive_becomes_rows(folder, tmp_path, work, rows_of, lms):
    first, second = NAMES[lms]
    roster = tmp_path / "list.csv"
    roster.write_text(LIST[lms], encoding="utf-8")
    archive = packed(tmp_path / "all.zip", {first: work(), second: work(blank=True), "__MACOSX/._x": ""})
    came = collect_archives(Course(folder, ASSIGNMENT), [archive], roster)
    assert (came.new, came.changed, came.same, came.unknown) == (["ada", "zoe"], [], [], [])
    assert came.late == (["zoe"] if lms == "canvas" else [])
    assert came.untimed == (["zoe"] if lms == "moodle" else [])
    assert (folder / f"submitted/zoe/{ASSIGNMENT}/{FILE}").is_file()
    time = folder / f"submitted/ada/{ASSIGNMENT}/timestamp.txt"
    assert lms == "canvas" or time.read_text() == "2026-11-20 22:15:00"

    rows = rows_of(folder)
    assert {name: (row.name, row.points, row.status.value) for name, row in rows.items()} == {
        "ada": ("Ada Lovelace", 16, rows["ada"].status.value),
        "zoe": ("Zoë Ünal", 0, "graded"),
        "emmy": ("Emmy Noether", 0, "missing notebook"),
    }

    # The gradebook knows them now.
    again = collect_archives(Course(folder, ASSIGNMENT), [archive], None)
    assert (again.new, again.unknown) == ([], [])


def test_the_newest_attempt_counts_whatever_the_order(folder, tmp_path):
    Path(tmp_path / "list.csv").write_text(LIST["canvas"], encoding="utf-8")
    files = {
        f"lovelaceada_101_5003_{ASSIGNMENT}-2.ipynb": "newest",
        f"lovelaceada_101_5001_{FILE}": "oldest",
        f"lovelaceada_101_999_{ASSIGNMENT}-1.ipynb": "older still",
        "lovelaceada_101_5004_timestamp.txt": "2000-01-01",
        "lovelaceada_101_5004_notes.txt": "notes",
        f"whoever_900_5000_{FILE}": "?",
    }
    came = collect_archives(Course(folder, ASSIGNMENT), [packed(tmp_path / "a.zip", files)], tmp_path / "list.csv")
    there = folder / f"submitted/ada/{ASSIGNMENT}"
    others = list((there / NOT_TAKEN).iterdir())
    assert {path.name: path.read_text() for path in there.iterdir() if path.is_file()} == {
        FILE: "newest",
        "notes.txt": "notes",
    }
    assert came.unknown == ["whoever (900)"]
    kept = (
        f"there is a newer {FILE} of ada, lovelaceada_101_5003_{ASSIGNMENT}-2.ipynb; this one is kept in {NOT_TAKEN}/"
    )
    assert sorted(came.passed_over.values()) == [
        "nobody has this number or name",
        "students do not say themselves when they handed in",
        kept,
        kept,
    ]
    assert {path.name: path.read_text() for path in others} == {
        f"1-{FILE}": "oldest",
        f"2-{ASSIGNMENT}-1.ipynb": "older still",
    }


def test_a_later_archive_replaces_an_earlier_one(folder, tmp_path):
    (tmp_path / "list.csv").write_text(LIST["moodle"], encoding="utf-8")
    course = Course(folder, ASSIGNMENT)
    ada, zoe = NAMES["moodle"]
    collect_archives(course, [packed(tmp_path / "a.zip", {ada: "1", zoe: "1"})], tmp_path / "list.csv")
    # Some browsers unpack what they download.
    unpacked = tmp_path / "unpacked"
    for name, content in {ada: "2", zoe: "1"}.items():
        (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / name).write_text(content)
    (folder / f"submitted/zoe/{ASSIGNMENT}/timestamp.txt").write_text("2026-11-21 08:00:00")
    came = collect_archives(course, [unpacked], None)
    assert (came.new, came.changed, came.same, came.unknown) == ([], ["ada"], ["zoe"], [])
    assert (folder / f"submitted/zoe/{ASSIGNMENT}/timestamp.txt").read_text() == "2026-11-21 08:00:00"
    assert not (folder / f"submitted/ada/{ASSIGNMENT}/timestamp.txt").exists(), "that was the time of another attempt"
    assert (folder / f"submitted/ada/{ASSIGNMENT}/{FILE}").read_text() == "2"
    assert collect_archives(course, [unpacked], None).same == ["ada", "zoe"]


def test_a_hostile_file_is_left_out_and_costs_nobody_else(folder, tmp_path):
    (tmp_path / "list.csv").write_text(LIST["canvas"], encoding="utf-8")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as written:
        for number in range(20_000):
            written.writestr(f"{number}", "")
    first, second = NAMES["canvas"]
    hostile = {"../../submitted/emmy/x": "2", "noetheremmy_103_5003_all.zip": bomb.getvalue()}
    archive = packed(tmp_path / "a.zip", {**hostile, first: "1", second: "2"})
    came = collect_archives(Course(folder, ASSIGNMENT), [archive], tmp_path / "list.csv")
    assert came.new == ["ada", "emmy", "zoe"]
    assert came.passed_over["../../submitted/emmy/x"] == "left out: it leads out of its folder"
    assert "its list of files is too long" in came.passed_over["noetheremmy_103_5003_all.zip"]
    there = sorted(path.relative_to(folder).as_posix() for path in folder.glob("submitted/*/*/*"))
    assert there == [
        f"submitted/ada/{ASSIGNMENT}/{FILE}",
        f"submitted/emmy/{ASSIGNMENT}/all.zip",
        f"submitted/zoe/{ASSIGNMENT}/{FILE}",
    ]


def collected(folder, tmp_path, files, roster=LIST["moodle"]):
    """Collect an archive; return which text each student has as the notebook, and the summary."""
    (tmp_path / "list.csv").write_text(roster, encoding="utf-8")
    came = collect_archives(Course(folder, ASSIGNMENT), [packed(tmp_path / "a.zip", files)], tmp_path / "list.csv")
    found = folder.glob(f"submitted/*/{ASSIGNMENT}/{FILE}")
    return {path.parts[-3]: path.read_text() for path in found}, came


def test_group_mode_of_moodle_gives_each_member_the_file(folder, tmp_path):
    files = {
        f"Team 1-Ada Lovelace_2001_assignsubmission_file_/{FILE}": "team",
        f"Team 1-Zoë Ünal_2002_assignsubmission_file_/{FILE}": "team",
        f"Team 2-Emmy Noether_2999_assignsubmission_file_/{FILE}": "another assignment's number",
    }
    there, came = collected(folder, tmp_path, files)
    assert there == {"ada": "team", "zoe": "team"}
    assert came.unknown == ["Team 2-Emmy Noether (2999)"]


def test_folders_of_moodle_with_and_without_its_words(folder, tmp_path):
    files = {
        f"Ada Lovelace_2001/{FILE}": "1",
        f"Zoë Ünal_2002_assignsubmission_file/sub/{FILE}": "2",
        "Emmy Noether_2003_assignsubmission_onlinetext_/onlinetext.html": "3",
    }
    there, came = collected(folder, tmp_path, files)
    assert there == {"ada": "1", "zoe": "2"}
    assert "typed into a form" in came.passed_over["Emmy Noether_2003_assignsubmission_onlinetext_/onlinetext.html"]


@pytest.mark.parametrize(
    ("lms", "name", "says"),
    [
        ("canvas", f"anon_Xy9Qz_101_{FILE}", "Turn anonymous grading off in Canvas, and download again"),
        ("canvas", f"LATE_anon_Xy9Qz_101_{FILE}", "Turn anonymous grading off in Canvas, and download again"),
        ("moodle", f"Participant 2001_2001_assignsubmission_file_/{FILE}", "Reveal the students' identities in Moodle"),
        ("canvas", f"somegroup_LATE_101_5001_{FILE}", "Is it a group's"),
    ],
)
def test_what_does_not_say_whose_it_is_goes_to_nobody_and_says_what_to_do(folder, tmp_path, lms, name, says):
    there, came = collected(folder, tmp_path, {name: "1"}, LIST[lms])
    assert there == {}
    assert says in came.passed_over[name]


def test_a_students_own_names_give_nothing_to_a_classmate(folder, tmp_path):
    inner = io.BytesIO()
    packed(inner, {f"Zoë Ünal_2002_assignsubmission_file_/{FILE}": "hers"})
    files = {
        f"Ada Lovelace_2001_assignsubmission_file_/Emmy Noether_2003_assignsubmission_file_/{FILE}": "mine",
        "Ada Lovelace_2001_assignsubmission_file_/Zoë Ünal_2002_assignsubmission_file_.zip": inner.getvalue(),
        f"A_B-Ada Lovelace_2001_assignsubmission_file_/Emmy Noether_2003_assignsubmission_file_/{FILE}": "not mine",
    }
    there, _ = collected(folder, tmp_path, files)
    assert set(there) == {"ada"}


def test_what_holds_for_a_whole_archive_is_said_once(folder, tmp_path, run):
    archive = packed(tmp_path / "a.zip", {f"anon_Xy{n}z_{n}_{FILE}": "1" for n in range(50)})
    result = run("collect", ASSIGNMENT, archive, "--course", folder)
    assert result.exit_code == 1
    assert result.stderr.count("Turn anonymous grading off in Canvas, and download again") == 1
    assert "and 45 more: This archive was downloaded with anonymous grading on" in result.stderr


def test_two_people_of_one_name_of_whom_one_is_known_get_nothing(folder, tmp_path):
    roster = "id,first_name,last_name\nada,Ada,Lovelace\nzoe,Zoë,Ünal\n"
    name = "Ada Lovelace_{}_assignsubmission_file_/" + FILE
    there, came = collected(
        folder, tmp_path, {name.format(2001): "1", name.format(2009): "2", NAMES["moodle"][1]: "3"}, roster
    )
    assert there == {"zoe": "3"}
    assert came.unknown == ["Ada Lovelace (2001)", "Ada Lovelace (2009)"]


def test_two_notebooks_of_one_upload_are_both_kept_and_it_is_said_which_counts(folder, tmp_path, run):
    (tmp_path / "list.csv").write_text(LIST["moodle"], encoding="utf-8")
    top, zoe = "Ada Lovelace_2001_assignsubmission_file_", "Zoë Ünal_2002_assignsubmission_file_"
    files = {
        f"{top}/{FILE}": "right name",
        f"{top}/{ASSIGNMENT} (1).ipynb": "copy",
        f"{top}/{ASSIGNMENT} (2).ipynb": "right name",
        f"{top}/final.ipynb": "other",
        f"{top}/other_uploads": "a file in the way",
        f"{zoe}/a.ipynb": "1",
        f"{zoe}/b.ipynb": "2",
        f"{zoe}/Data.csv": "1",
        f"{zoe}/data.csv": "2",
    }
    archive = packed(tmp_path / "a.zip", files)
    result = run("collect", ASSIGNMENT, archive, "--roster", tmp_path / "list.csv", "--course", folder)
    assert result.exit_code == 0, result.output
    there = folder / "submitted/ada" / ASSIGNMENT
    assert (there / FILE).read_text() == "right name"
    assert [path.read_text() for path in (there / NOT_TAKEN).iterdir()] == ["copy"]
    assert (there / "final.ipynb").read_text() == "other"
    said = result.stderr
    assert f"{ASSIGNMENT} (1).ipynb: there is, with the exact name, {FILE} of ada" in said
    assert f"{ASSIGNMENT} (2).ipynb: it is the same as {top}/{FILE}" in said
    assert f"Several notebooks of ada: {FILE}, final.ipynb: {FILE} counts." in said
    assert f"Several notebooks of zoe: a.ipynb, b.ipynb: name the one that counts {FILE}." in said
    assert "there is, in the same upload, another" in said


def test_damage_of_one_file_and_a_wrong_setting_are_said(folder, tmp_path):
    (tmp_path / "list.csv").write_text(LIST["moodle"], encoding="utf-8")
    archive = packed(tmp_path / "a.zip", {NAMES["moodle"][0]: "0123456789" * 100})
    content = archive.read_bytes()
    (tmp_path / "b.zip").write_bytes(content.replace(b"0123456789", b"0123456x89", 1))
    came = collect_archives(Course(folder, ASSIGNMENT), [tmp_path / "b.zip"], tmp_path / "list.csv")
    assert (came.new, list(came.passed_over)) == ([], [NAMES["moodle"][0]])
    assert "it is damaged" in came.passed_over[NAMES["moodle"][0]]
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write('c.Exchange.timezone = "Europe/Nowhere"\n')
    with pytest.raises(GradingError, match="there is no time zone 'Europe/Nowhere'"):
        collect_archives(Course(folder, ASSIGNMENT), [archive], tmp_path / "list.csv")


def test_the_command_says_what_came_and_what_did_not(folder, tmp_path, run):
    (tmp_path / "list.csv").write_text(LIST["canvas"], encoding="utf-8")
    archive = packed(tmp_path / "a.zip", {NAMES["canvas"][1]: "1", f"who_9_5_{FILE}": "2", "readme.txt": ""})
    result = run("collect", ASSIGNMENT, archive, "--course", folder)
    assert result.exit_code == 1
    assert "Nothing was collected." in result.output
    result = run("collect", ASSIGNMENT, archive, "--roster", tmp_path / "list.csv", "--course", folder)
    assert result.exit_code == 0
    assert result.stdout == f"1 student: 1 new, 0 changed, 0 as before.\nNext: bptt grade {ASSIGNMENT}\n"
    assert "It is not clear who these are: who (9)." in result.stderr
    assert "Late according to Canvas, which does not say by how much: zoe." in result.stderr
    assert "readme.txt: not named as Canvas or Moodle names what students upload" in result.stderr
    (tmp_path / "list.csv").write_text("x")
    result = run("collect", ASSIGNMENT, archive, "--roster", tmp_path / "list.csv", "--course", folder)
    assert result.exit_code == 1
    assert "no column that tells who is who" in result.output


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_nbgraders_own_command_does_the_same(folder, tmp_path):
    downloads = folder / "downloaded" / ASSIGNMENT / "archive"
    downloads.mkdir(parents=True)
    (folder / "list.csv").write_text(LIST["canvas"], encoding="utf-8")
    packed(downloads / "2.zip", {NAMES["canvas"][0]: "1", f"lovelaceada_101_5009_{FILE}": "2"})
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "zip_collect", ASSIGNMENT, "--CollectFromLms.roster=list.csv"],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (folder / f"submitted/ada/{ASSIGNMENT}/{FILE}").read_text() == "2"
