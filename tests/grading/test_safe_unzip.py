"""Archives that somebody else has made: unpacked in their place and within bounds, each upload by itself."""

import errno
import io
import os
import stat
import zipfile

import pytest

from bptt_instructor.lms import safe_unzip
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
    unpack(path, tmp_path / "into")
    assert everything(tmp_path / "into") == ["Zoë Ünal_1_assignsubmission_file_/b.ipynb", "a.ipynb"]
    assert (tmp_path / "into/a.ipynb").stat().st_mtime == 1e9


def test_a_folder_around_everything_is_left_out_unless_it_is_a_students(archive, tmp_path):
    unpack(archive(("all/2026/ada_1_2_a.ipynb", ""), ("all/2026/b.txt", ""), ("__MACOSX/x", "")), tmp_path / "1")
    assert everything(tmp_path / "1") == ["ada_1_2_a.ipynb", "b.txt"]
    unpack(archive(("Ada L_1_assignsubmission_file_/x/Emmy N_2_assignsubmission_file_/a", "")), tmp_path / "2")
    assert everything(tmp_path / "2") == ["Ada L_1_assignsubmission_file_/x/Emmy N_2_assignsubmission_file_/a"]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("../out.ipynb", "leads out of its folder"),
        ("a/../../out.ipynb", "leads out of its folder"),
        ("/tmp/out.ipynb", "leads out of its folder"),  # noqa: S108 - must not be written
        ("..\\out.ipynb", "leads out of its folder"),
        ("C:\\out.ipynb", "leads out of its folder"),
        ("line\nbreak.ipynb", "has a name that cannot be one"),
        ("x" * 300, "has a name that cannot be one"),
        ("a/" * 1500 + "x", "lies in too many folders"),
        (member("link.ipynb", stat.S_IFLNK | 0o777), "is a link, or not a file at all"),
        (member("pipe.ipynb", stat.S_IFIFO | 0o600), "is a link, or not a file at all"),
        ("good.ipynb/inside", "File exists"),
    ],
)
def test_a_file_that_would_not_stay_in_its_place_is_left_out_alone_and_said(archive, tmp_path, entry, why):
    path = archive(("good.ipynb", "1"), (entry, "/etc/passwd"))
    (reason,) = unpack(path, tmp_path / "into").values()
    assert why in reason
    assert everything(tmp_path) == ["downloads/class.zip", "into/good.ipynb"], "nothing was written elsewhere"


def patched(path, signature, offset, value):
    """Set a byte behind the last occurrence of a signature."""
    content = bytearray(path.read_bytes())
    content[content.rindex(signature) + offset] = value
    path.write_bytes(content)
    return path


def test_what_is_encrypted_or_packed_in_a_rare_way_is_left_out(archive, tmp_path):
    path = patched(archive(("a.ipynb", "1"), ("b.ipynb", "2")), b"PK\x01\x02", 8, 1)
    assert unpack(path, tmp_path / "1") == {"b.ipynb": "left out: it is encrypted"}
    path = patched(archive(("a.ipynb", "1"), ("b.ipynb", "2")), b"PK\x01\x02", 10, zipfile.ZIP_LZMA)
    assert unpack(path, tmp_path / "2") == {"b.ipynb": "left out: it is packed in a rare way that is not read"}
    assert everything(tmp_path / "1") == everything(tmp_path / "2") == ["a.ipynb"]


def test_of_two_files_of_one_name_the_first_is_taken_and_of_two_cases_both(archive, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = archive(("a.ipynb", "1"), ("a.ipynb", "2"), ("A.ipynb", "3"))
    assert unpack(path, tmp_path / "into") == {"a.ipynb": "left out: it is in it twice: the first was taken"}
    assert (tmp_path / "into/a.ipynb").read_text() == "1"
    assert (tmp_path / "into/A.ipynb").read_text() == "3"


def test_a_name_that_is_not_the_utf8_it_claims_costs_nobody_else(archive, tmp_path):
    path = archive(("Zoë_1_2_a.ipynb", "1"), ("ada_2_3_a.ipynb", "2"))
    path.write_bytes(path.read_bytes().replace("Zoë".encode(), b"Zo\xff\xfe"))
    (reason,) = unpack(path, tmp_path / "into").values()
    assert reason == "left out: its name is not in UTF-8"
    assert everything(tmp_path / "into") == ["ada_2_3_a.ipynb"]


def test_utf8_that_does_not_say_so_backslashes_and_device_names_are_read_as_they_were_meant(archive, tmp_path):
    path = archive(("Zo\xeb_1_2_a.ipynb", "1"), ("work\\sub\\a.ipynb", "2"), ("aux.ipynb", "3"))
    content = path.read_bytes()
    for at in (0, content.index(b"PK\x01\x02")):
        flags = at + (6 if at == 0 else 8)
        assert content[flags + 1] == 8
        content = content[: flags + 1] + b"\x00" + content[flags + 2 :]
    path.write_bytes(content)
    assert unpack(path, tmp_path / "into") == {}
    assert everything(tmp_path / "into") == ["Zoë_1_2_a.ipynb", "aux.ipynb", "work/sub/a.ipynb"]


def test_a_name_with_a_nul_is_left_out(archive, tmp_path):
    path = archive(("aXb.ipynb", "1"), ("good.ipynb", "2"))
    path.write_bytes(path.read_bytes().replace(b"aXb", b"a\x00b"))
    assert "cannot be one" in unpack(path, tmp_path / "into")["a\\x00b.ipynb"]
    assert everything(tmp_path / "into") == ["good.ipynb"]


@pytest.mark.parametrize(
    "files",
    [[(f"Ada L_1_assignsubmission_file_/{n}", "") for n in range(11)], [("ada_1_2_a.ipynb", "0" * 60_000)]],
    ids=["many", "large"],
)
def test_an_upload_over_its_bounds_is_left_out_and_no_other(archive, tmp_path, files):
    path = archive(*files, ("emmy_2_3_a.ipynb", "1"), ("emmy_2_3_b.ipynb", "1"))
    left_out = unpack(path, tmp_path / "into", ExtractionBudget(50_000, 10))
    ((name, reason),) = left_out.items()
    assert name == files[0][0].partition("/")[0]
    assert "are more than the 10 files or the 0 MB" in reason
    assert everything(tmp_path / "into") == ["emmy_2_3_a.ipynb", "emmy_2_3_b.ipynb"]


def test_the_bounds_of_all_grow_with_the_uploads_and_the_small_come_first(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(safe_unzip, "MAX_ARCHIVE_BYTES", 1000)
    monkeypatch.setattr(safe_unzip, "MAX_SHARE_BYTES", 100)
    large = [(f"hostile{n}_{n}_1_a", "0" * 1000) for n in range(5)]
    small = [(f"honest{n}_{n + 10}_1_a", "0" * 50) for n in range(5)]
    left_out = unpack(archive(*large, *small), tmp_path / "into")
    assert set(left_out) == {name for name, _ in large[1:]}
    assert len(everything(tmp_path / "into")) == 6
    many = archive(*((f"honest{n}_{n}_1_a", "0" * 100) for n in range(30)))
    assert unpack(many, tmp_path / "many") == {}, "3000 bytes of 30 students are as much as is reasonable"


def test_what_a_student_packed_is_unpacked_beside_it(archive, tmp_path):
    path = archive(("ada_1_2_work.zip", packed(("work/a.ipynb", "1"))), ("notes.zip", packed(("ada_1_2_a", "2"))))
    unpack(path, tmp_path / "into")
    assert everything(tmp_path / "into") == ["ada_1_2_work/work/a.ipynb", "notes.zip"], (
        "nobody's names are not believed"
    )


def test_a_folder_and_an_archive_of_one_name_are_both_there(archive, tmp_path):
    folder = "Ada L_1_assignsubmission_file_"
    path = archive((f"{folder}/work/a", "1"), (f"{folder}/work.zip", packed(("a", "2"))), (f"{folder}/.zip", b""))
    unpack(path, tmp_path / "into")
    assert everything(tmp_path / "into") == [f"{folder}/work.zip_unpacked/a", f"{folder}/work/a"]


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        (packed(("bomb", "0" * 10_000_000)), "its 1 files of 10 MB are more than"),
        (packed(*((f"{n}", "") for n in range(20_000))), "its list of files is too long"),
        (packed(*((f"{n}", "") for n in range(2_000))), "its 2,000 files of 0 MB are more than"),
        (b"no archive", "is not a zip archive"),
        (packed(("a", "1"))[:-30], "is not a zip archive"),
    ],
    ids=["bomb", "very many files", "many files", "none", "cut"],
)
def test_what_a_student_packed_badly_stays_packed_and_costs_nobody_else(archive, tmp_path, inner, why):
    path = archive(("ada_1_2_work.zip", inner), ("emmy_2_3_work.zip", packed(*((f"{n}", "") for n in range(900)))))
    left_out = unpack(path, tmp_path / "into", ExtractionBudget(size=3_000_000))
    assert list(left_out) == ["ada_1_2_work.zip"]
    assert left_out["ada_1_2_work.zip"].startswith("left packed: ")
    assert why in left_out["ada_1_2_work.zip"]
    there = everything(tmp_path / "into")
    assert there[0] == "ada_1_2_work.zip"
    assert len(there) == 901


def test_a_bad_file_in_what_a_student_packed_is_named_and_the_archive_kept(archive, tmp_path):
    inner = packed(("good", "1"), ("../../../out", "2"), ("good/two", "3"), ("deep.zip", packed(("x", ""))))
    left_out = unpack(archive(("ada_1_2_work.zip", inner)), tmp_path / "into")
    assert left_out == {
        "ada_1_2_work.zip: ../../../out": "left out: it leads out of its folder",
        "ada_1_2_work.zip: good/two": "left out: File exists",
        "ada_1_2_work.zip: deep.zip": "is an archive in an archive, and stays packed",
    }
    assert everything(tmp_path) == [
        "downloads/class.zip",
        "into/ada_1_2_work.zip",
        "into/ada_1_2_work/deep.zip",
        "into/ada_1_2_work/good",
    ]
    many = packed(*((f"../{n}", "") for n in range(100)))
    assert len(unpack(archive(("ada_1_2_work.zip", many)), tmp_path / "many")) < 10, "a terminal is no place for all"


def test_a_folder_is_read_as_an_archive_is(tmp_path):
    folder = tmp_path / "all"
    (folder / "sub").mkdir(parents=True)
    (folder / "ada_1_2_work.zip").write_bytes(packed(("a", "1")))
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"\xe9ric_1_2_a")).write_text("")
    left_out = unpack(folder, tmp_path / "into")
    assert everything(tmp_path / "into") == ["ada_1_2_work/a"]
    assert set(left_out) == {"link", "pipe", "\\udce9ric_1_2_a"}


def test_a_file_that_is_damaged_is_left_out_and_named(archive, tmp_path):
    path = archive(("a.ipynb", os.urandom(5000)), ("b.ipynb", "2"))
    content = path.read_bytes()
    path.write_bytes(content[:2000] + b"xxxx" + content[2004:])
    (reason,) = unpack(path, tmp_path / "into").values()
    assert "it is damaged" in reason
    assert "Download it again" in reason
    assert everything(tmp_path / "into") == ["b.ipynb"]


@pytest.mark.parametrize("damage", ["cut", "text"])
def test_a_damaged_archive_is_said_to_be_damaged(archive, tmp_path, damage):
    path = archive(("a.ipynb", os.urandom(5000)))
    path.write_bytes({"cut": path.read_bytes()[:2000], "text": b"<html>"}[damage])
    for use in (check_archive, lambda path: unpack(path, tmp_path / "into")):
        with pytest.raises(
            ArchiveError, match=r"class\.zip is not a zip archive, or is damaged .*\. Download it again\."
        ):
            use(path)


def test_a_full_disk_ends_it(archive, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(safe_unzip.shutil, "copyfileobj", full)
    with pytest.raises(ArchiveError, match="cannot be written: No space left on device"):
        unpack(archive(("a.ipynb", "1")), tmp_path / "into")
