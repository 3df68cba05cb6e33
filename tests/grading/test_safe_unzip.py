"""Archives that somebody else has made: unpacked in their place and within bounds, or refused whole."""

import io
import os
import stat
import zipfile

import pytest

from bptt_instructor.lms.safe_unzip import ArchiveError, ExtractionBudget, check_archive, unpack


def member(name, mode=0o100644):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry


@pytest.fixture
def archive(tmp_path):
    """Write an archive of the given files, by name or as a member."""

    def write(*files, name="class.zip"):
        path = tmp_path / "downloads" / name
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for entry, content in files:
                packed.writestr(entry, content)
        return path

    return write


def packed(*files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in files:
            written.writestr(name, text)
    return content.getvalue()


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_files_and_folders_are_unpacked_with_the_archives_time(archive, tmp_path):
    path = archive(("a.ipynb", "1"), ("Zoë Ünal_1_assignsubmission_file_/b.ipynb", "2"))
    os.utime(path, (1e9, 1e9))
    unpack(path, tmp_path / "into", ExtractionBudget())
    assert everything(tmp_path / "into") == ["Zoë Ünal_1_assignsubmission_file_/b.ipynb", "a.ipynb"]
    assert (tmp_path / "into/a.ipynb").stat().st_mtime == 1e9


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("../out.ipynb", "leads out of its folder"),
        ("a/../../out.ipynb", "leads out of its folder"),
        ("/tmp/out.ipynb", "leads out of its folder"),  # noqa: S108 - must not be written
        ("..\\out.ipynb", "leads out of its folder"),
        ("line\nbreak.ipynb", "has a name that cannot be one"),
        ("x" * 300, "has a name that cannot be one"),
        (member("link.ipynb", stat.S_IFLNK | 0o777), "is a link, or no file at all"),
        (member("pipe.ipynb", stat.S_IFIFO | 0o600), "is a link, or no file at all"),
    ],
)
def test_a_file_that_would_not_stay_in_its_place_refuses_the_archive(archive, tmp_path, entry, why):
    path = archive(("good.ipynb", "1"), (entry, "/etc/passwd"))
    with pytest.raises(ArchiveError, match=f"class.zip is not unpacked: .*{why}"):
        unpack(path, tmp_path / "into", ExtractionBudget())
    assert everything(tmp_path) == ["downloads/class.zip"], "nothing was written, here or elsewhere"


def test_an_encrypted_file_and_one_that_is_in_it_twice_are_refused(archive):
    path = archive(("a.ipynb", "1"))
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="is encrypted"):
        check_archive(path)
    with pytest.warns(UserWarning, match="Duplicate"):
        path = archive(("a.ipynb", "1"), ("a.ipynb", "2"))
    with pytest.raises(ArchiveError, match="is in it twice"):
        check_archive(path)


@pytest.mark.parametrize(
    ("budget", "files"),
    [(ExtractionBudget(size=999), [("a", "0" * 1000)]), (ExtractionBudget(files=1), [("a", ""), ("b", "")])],
)
def test_a_bomb_is_refused_before_it_is_unpacked(archive, tmp_path, budget, files):
    with pytest.raises(ArchiveError, match="are more than"):
        unpack(archive(*files), tmp_path / "into", budget)
    assert everything(tmp_path) == ["downloads/class.zip"]


def test_two_archives_share_the_bounds(archive, tmp_path):
    budget = ExtractionBudget(size=1500)
    unpack(archive(("a", "0" * 1000)), tmp_path / "1", budget)
    with pytest.raises(ArchiveError, match="are more than"):
        unpack(archive(("a", "0" * 1000)), tmp_path / "2", budget)


def test_what_a_student_packed_is_unpacked_beside_it(archive, tmp_path):
    path = archive(("ada_1_2_work.zip", packed(("work/a.ipynb", "1"))))
    unpack(path, tmp_path / "into", ExtractionBudget())
    assert everything(tmp_path / "into") == ["ada_1_2_work/work/a.ipynb"]


@pytest.mark.parametrize(
    "inner",
    [
        packed(("good", "1"), ("../../../out", "2")),
        packed(("bomb", "0" * 100_000)),
        packed(("one", "1"), ("one/two", "2")),
        b"no archive",
    ],
    ids=["leads out", "bomb", "contradicts itself", "none"],
)
def test_what_a_student_packed_badly_stays_packed_and_costs_nobody_else(archive, tmp_path, inner):
    path = archive(("ada_1_2_work.zip", inner), ("emmy_2_3_a.ipynb", "1"))
    unpack(path, tmp_path / "into", ExtractionBudget(size=50_000))
    assert everything(tmp_path / "into") == ["ada_1_2_work.zip", "emmy_2_3_a.ipynb"]
    assert everything(tmp_path) == ["downloads/class.zip", "into/ada_1_2_work.zip", "into/emmy_2_3_a.ipynb"]


@pytest.mark.parametrize("damage", ["cut", "changed", "text"])
def test_a_damaged_archive_is_said_to_be_damaged(archive, tmp_path, damage):
    path = archive(("a.ipynb", os.urandom(5000)))
    content = path.read_bytes()
    damaged = {"cut": content[:2000], "changed": content[:2000] + b"xxxx" + content[2004:], "text": b"<html>"}
    path.write_bytes(damaged[damage])
    with pytest.raises(ArchiveError, match=r"damaged .*\. Download it again\."):
        unpack(path, tmp_path / "into", ExtractionBudget())
