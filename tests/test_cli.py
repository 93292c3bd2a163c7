"""Each command explains itself, and answers a wrong use with one sentence."""

import os
import subprocess
import sys

import click
import pytest

from crawler.cli import main


def commands(group=main, path=()):
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def run(*arguments, cwd=None, **environment):
    kept = {key: value for key, value in os.environ.items() if key != "EGOV_CONTACT"}
    return subprocess.run(
        [sys.executable, "-m", "crawler", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env=kept | environment,
        timeout=120,
    )


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_explains_itself(path):
    done = run(*path, "--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 4


def one_sentence(done, *names):
    """Exit code, no traceback, one line that names what is wrong."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    for name in names:
        assert name in last, last


def test_an_unknown_country_is_told(tmp_path):
    one_sentence(run("crawl", "ZZQ", "--out", tmp_path), "ZZQ", "EST")


def test_the_open_internet_is_not_crawled_without_a_contact(tmp_path):
    one_sentence(run("crawl", "EST", "--out", tmp_path), "--contact")
    assert not list(tmp_path.iterdir())


def test_a_country_without_seeds_is_told(tmp_path):
    seeds = tmp_path / "s.csv"
    seeds.write_text(
        "country,role,url,languages,hosts,source,checked_on,replaced_by\nFRA,national,https://a.example/,,,,,\n"
    )
    one_sentence(run("crawl", "EST", "--seeds", seeds, "--out", tmp_path, "--contact", "x"), "EST", "s.csv")


def test_a_malformed_seed_file_is_told_with_its_line(tmp_path):
    seeds = tmp_path / "s.csv"
    seeds.write_text(
        "country,role,url,languages,hosts,source,checked_on,replaced_by\nEST,capital,https://a.example/,,,,,\n"
    )
    one_sentence(run("crawl", "EST", "--seeds", seeds, "--out", tmp_path, "--contact", "x"), "s.csv, line 2", "capital")


def test_an_unreadable_archive_is_told_and_leaves_no_survey_rows(tmp_path):
    broken = tmp_path / "broken.warc.gz"
    broken.write_bytes(b"this is no archive")
    one_sentence(run("assess", "--warc", broken, "--out", tmp_path / "out"), "broken.warc.gz")


def test_an_archive_that_is_not_there_is_told(tmp_path):
    one_sentence(run("assess", "--warc", tmp_path / "no.warc.gz", "--out", tmp_path), "no.warc.gz")


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("text.txt", b"a letter to the ministry\n" * 9, "not a readable WARC"),
        ("empty.warc.gz", b"", "empty"),
        ("empty.wacz", b"PK\x05\x06" + bytes(18), "archive/"),
        ("cut.wacz", b"PK\x03\x04" + bytes(99), "ZIP"),
        ("directory", None, "directory"),
    ],
)
def test_what_is_no_archive_is_told_and_leaves_nothing(tmp_path, name, content, named):
    path = tmp_path / name
    path.mkdir() if content is None else path.write_bytes(content)
    one_sentence(run("assess", "--warc", path, "--out", tmp_path / "out"), name, named)
    assert not (tmp_path / "out").exists()


def test_an_archive_without_pages_is_told(tmp_path):
    from crawler.fetch.archive import ArchiveWriter

    ArchiveWriter(tmp_path / "a.warc.gz").close()
    one_sentence(
        run("assess", "--warc", tmp_path / "a.warc.gz", "--out", tmp_path / "out"), "a.warc.gz", "no HTML page"
    )


def test_results_that_are_not_there_are_told(tmp_path):
    for command in (["score"], ["report"], ["review"], ["export", "evidence"]):
        one_sentence(run(*command, "--out", tmp_path / "nothing"), "egov crawl")


def test_an_unknown_model_is_told(tmp_path):
    from crawler.storage import SurveyDatabase

    SurveyDatabase(tmp_path).close()
    one_sentence(run("score", "--out", tmp_path, "--model", "un-1999"), "un-1999", "un-2022")


def test_an_unknown_rubric_is_told(tmp_path):
    one_sentence(run("rubric", "check", "--rubric", tmp_path), "rubric.yaml")


def test_an_unknown_seed_country_is_told():
    one_sentence(run("seeds", "list", "ZZQ"), "ZZQ")


def test_a_database_that_is_none_is_told(tmp_path):
    (tmp_path / "survey.db").write_bytes(b"not a database at all, but long enough to be taken for one" * 40)
    one_sentence(run("score", "--out", tmp_path), "survey.db")


def test_results_that_cannot_be_written_are_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    one_sentence(run("crawl", "EST", "--out", tmp_path / "file" / "x", "--contact", "x", "--no-browser"), "file")


def test_a_port_in_use_is_told(tmp_path):
    import socket

    from crawler.storage import SurveyDatabase

    SurveyDatabase(tmp_path).close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        one_sentence(run("review", "--out", tmp_path, "--port", port), "--port", str(port))
