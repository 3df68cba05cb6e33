"""Film reviews: fetched ones, made-up ones, and those of a folder; the network is never used."""

import subprocess
import sys
import tempfile

import numpy as np
import platformdirs
import pytest

from bptt.data import imdb, pad, reviews, tokenise, vocabulary
from bptt.data.fetch import FetchError
from bptt.data.review_file import cache_path, read_reviews
from bptt.data.synthetic import synthetic_reviews

SNIPPETS = "1\t2.25\tA fine &amp; clever film.\n2\t-0.9\tSo so.\n3\t-1.0\tDull, cliché.\n4\t1\tFun!\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / name)
    cache_path().parent.mkdir()


def fetched(text):
    cache_path().write_text(text, encoding="utf-8")


def test_snippets_without_a_clear_verdict_are_left_out():
    fetched(SNIPPETS)
    texts, positive = read_reviews(cache_path())
    assert texts == ["A fine & clever film.", "Dull, cliché.", "Fun!"]
    assert positive.tolist() == [True, False, True]


@pytest.mark.parametrize("broken", ["4\tnot a number\ttext", "4\t1.0", "\n"])
def test_a_broken_file_is_named_with_the_line(broken):
    fetched(SNIPPETS + broken)
    with pytest.raises(ValueError, match=r"line 5 .* fetch it again"):
        reviews()


def test_fetched_ones_are_divided_four_to_one_and_balanced():
    fetched("".join(f"{k}\t{2 if k % 3 else -2}\ttext {k}\n" for k in range(300)))
    train, test, source = reviews()
    assert source == "200 snippets of real film reviews"
    assert (len(train.texts), len(test.texts)) == (160, 40)
    assert train.positive.mean() == test.positive.mean() == 0.5
    together = [*train.texts, *test.texts]
    assert len(set(together)) == 200
    numbers = [int(text.split()[1]) for text in together]
    assert [k % 3 != 0 for k in numbers] == [*train.positive, *test.positive]


def test_the_division_is_always_the_same_and_mixes_both_verdicts():
    fetched("".join(f"{k}\t{2 if k % 3 else -2}\ttext {k}\n" for k in range(300)))
    train = reviews().train
    assert train.texts == reviews().train.texts
    assert 20 < train.positive[:80].sum() < 60


def test_without_them_there_are_made_up_ones_and_a_word_about_real_ones():
    train, test, source = reviews()
    assert source == "2800 made-up reviews; data.reviews(fetch=True) fetches real ones"
    assert (len(train.texts), len(test.texts)) == (2240, 560)


def test_grading_has_a_few_made_up_ones_whatever_is_there(monkeypatch):
    fetched(SNIPPETS)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert len(reviews().train.texts) == 32


def test_in_made_up_reviews_counting_words_helps_little():
    texts, positive = synthetic_reviews(2000)
    words, _ = pad(texts, vocabulary(texts))
    counts = np.stack([np.bincount(row, minlength=words.max() + 1) for row in words])
    weights, *_ = np.linalg.lstsq(counts[:1500], 2.0 * positive[:1500] - 1)
    right = (counts[1500:] @ weights > 0) == positive[1500:]
    assert 0.6 < right.mean() < 0.85
    assert np.bincount(positive).tolist() == [1000, 1000]


def test_made_up_reviews_mean_what_they_say():
    good = {"brilliant", "charming", "clever", "funny", "gripping", "lovely", "moving", "superb", "witty", "wonderful"}
    for text, praise in zip(*synthetic_reviews(500), strict=True):
        words = tokenise(text.split(", but ")[-1].split(", and the ")[-1])[:6]
        assert (bool(good & set(words)) != ("not" in words)) == praise


def test_they_can_be_fetched_on_the_way(monkeypatch, capsys):
    def fetched_now(stream):
        fetched("".join(f"{k}\t{2 if k % 2 else -2}\ttext {k}\n" for k in range(20)))
        return "20 film reviews are here"

    monkeypatch.setattr("bptt.data.fetch.fetch", fetched_now)
    assert reviews().source.startswith("2800 made-up")
    assert not capsys.readouterr().out
    assert reviews(fetch=True).source == "20 snippets of real film reviews"
    assert capsys.readouterr().out == "20 film reviews are here\n"
    reviews(fetch=True)
    assert not capsys.readouterr().out


def test_what_cannot_be_fetched_is_made_up_with_one_line_that_says_why(monkeypatch, capsys):
    def offline(stream):
        raise FetchError("No connection.")

    monkeypatch.setattr("bptt.data.fetch.fetch", offline)
    assert reviews(fetch=True).source == "2800 made-up reviews"
    assert capsys.readouterr().out == "No connection.\n"


def test_without_platformdirs_they_are_in_the_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    assert reviews().source.startswith("2800 made-up")
    cache_path().parent.mkdir(parents=True)
    fetched(SNIPPETS)
    assert cache_path() == tmp_path / "temporary/bptt/movie_review_snippets.txt"
    assert reviews().source == "2 snippets of real film reviews"


def test_data_are_there_without_what_only_fetching_needs():
    without = "import sys; sys.modules.update(platformdirs=None, subprocess=None)"
    code = f"{without}; from bptt import data; print(data.reviews().source)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ("film reviews" in done.stdout or "made-up" in done.stdout, done.stderr) == (True, "")


def test_grading_fetches_nothing(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr("bptt.data.fetch.fetch", lambda stream: pytest.fail("the network was used"))
    assert len(reviews(fetch=True).train.texts) == 32
    assert not capsys.readouterr().out


def imdb_tree(folder):
    for part in ("train", "test"):
        for verdict in ("pos", "neg"):
            (folder / part / verdict).mkdir(parents=True)
            for k in range(3):
                text = f"{part} {verdict} {k}<br />naïve"
                (folder / part / verdict / f"{k}_7.txt").write_text(text, encoding="utf-8")


def test_imdb_folders(tmp_path):
    imdb_tree(tmp_path / "aclImdb")
    train, test, source = imdb(tmp_path / "aclImdb")
    assert train.texts == [f"train {verdict} {k} naïve" for verdict in ("pos", "neg") for k in range(3)]
    assert train.positive.tolist() == [True] * 3 + [False] * 3
    assert test.texts[0] == "test pos 0 naïve"
    assert source == f"12 reviews from {tmp_path / 'aclImdb'}"
    assert len(imdb(str(tmp_path / "aclImdb"), at_most=2).train.texts) == 4


@pytest.mark.parametrize("missing", ["train/neg", "test/pos"])
def test_a_missing_folder_is_named(tmp_path, missing):
    imdb_tree(tmp_path)
    (tmp_path / missing).rename(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError, match=rf"{missing}\. Name the folder"):
        imdb(tmp_path)
