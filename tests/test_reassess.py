"""Archives of anyone are assessed offline, with the country as far as it is known."""

import hashlib
import json
import zipfile

import pytest

from crawler.fetch.archive import ArchiveWriter, read_page
from crawler.items import EgovError, Outcome
from crawler.reassess import Wish, assess_archives, placed, read_countries
from crawler.review.app import create_app
from crawler.review.excerpt import excerpt
from crawler.storage import CrawlDatabase, SurveyDatabase

URL = "https://portal.test/"
TEXT = "<p>" + "The ministry is responsible for the health of the people, and for the hospitals of the country. " * 4
CONTACT = f"<html lang=en>{TEXT}<a href=/c>Contact us</a>"

NOISE = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(400))
"""What does not compress, so that the last bytes of a file lie within a page."""


@pytest.fixture
def write(tmp_path):
    def make(content, name="countries.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


@pytest.fixture
def archive(tmp_path, new_page):
    """An archive of pages of no country, each given as address and HTML."""

    def make(*pages, name="a.warc.gz", **changes):
        writer = ArchiveWriter(tmp_path / name)
        for url, html in pages:
            writer.write(new_page(html, url=url, **{"country": "", "portal": url, "languages": ()} | changes))
        writer.close()
        return tmp_path / name

    return make


@pytest.mark.parametrize(
    "text",
    [
        f"url,country\n{URL},GB\n",
        f"country,note,url\r\nGBR,x,{URL}\r\n",
        f"\ufeffurl,country\n{URL}, gbr \n",
        f'\n{{"url": "{URL}", "country": "gb"}}\n\n',
        f'{{"url": "{URL}", "country": "GBR", "title": "a\u2028b"}}',
    ],
)
def test_countries_are_read_from_csv_and_json_lines(write, text):
    assert read_countries(write(text)) == {URL: "GBR"}


def test_codes_that_are_no_country_are_left_out(write):
    assert read_countries(write(f"url,country\n{URL},EU\n{URL}x,\n{URL}y,EE\n")) == {URL + "y": "EST"}


def test_an_empty_file_names_no_country(write):
    assert read_countries(write("")) == {}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (f"address,country\n{URL},GB\n", ("row 1", "'url'")),
        (f"url,country\n{URL},GB\n{URL}x\n", ("row 2",)),
        (f'{{"url": "{URL}"}}', ("row 1", "'country'")),
        ('{"url": 1, "country": "GB"}', ("row 1",)),
        (f'{{"url": "{URL}", "country": "GB"}}\n{{broken', ("line 2", "JSON")),
        (f'{{"url": "{URL}", "country": "GB"}}\n[1]\n', ("line 2",)),
        ("{" + '"a":[' * 100_000, ("line 1", "JSON")),
        ("url,country\n" + "x" * 200_000 + ",GB\n", ("line 2", "CSV")),
        (b"\xff\xfe\x00u", ("UTF-8",)),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_line(write, one_sentence, content, named):
    with pytest.raises(EgovError) as raised:
        read_countries(write(content))
    one_sentence(raised, "countries.csv", *named)


def test_a_missing_file_is_told(tmp_path, one_sentence):
    with pytest.raises(EgovError) as raised:
        read_countries(tmp_path / "no.csv")
    one_sentence(raised, "no.csv")


def test_the_country_comes_from_the_option_then_the_file_then_the_page_then_the_domain(new_page):
    page = new_page("", url="https://www.portal-nowhere.ee/", country="FIN")
    unknown = new_page("", url="https://www.portal-nowhere.ee/", country="", languages=())
    assert placed(page, "LVA", {page.url: "LTU"}).country == "LVA"
    assert placed(page, None, {page.url: "LTU"}).country == "LTU"
    assert placed(page, None, {}).country == "FIN"
    assert placed(unknown, None, {}).country == "EST"


def test_what_is_known_of_no_country_stays_unknown(new_page):
    assert placed(new_page("", url=URL, country="", languages=()), None, {}).country == ""


def test_archived_pages_are_assessed_like_crawled_ones(tmp_path, archive, rubric):
    seen = []
    warc = archive((URL, CONTACT), (URL + "x", "<div id=root></div>"))
    done = assess_archives(Wish([warc], tmp_path / "out", "GBR"), rubric, lambda so_far: seen.append(so_far.pages))
    assert (done.pages, done.read, seen, dict(done.reasons)) == (2, 1, [2], {"empty": 1})
    survey = SurveyDatabase(tmp_path / "out", create=False)
    assert survey.current_runs() == {"GBR": done.run}
    assert survey.findings("GBR")[0].outcome is Outcome.PRESENT
    (piece,) = survey.evidence("GBR")
    assert (piece.url, piece.warc) == (URL, "a.warc.gz")
    assert survey.archive_path("GBR", "a.warc.gz") == warc
    survey.close()


def test_each_country_of_an_archive_gets_its_findings_and_unknown_pages_stand_for_none(
    tmp_path, archive, rubric, write
):
    warc = archive((URL, CONTACT), (URL + "fi", TEXT), (URL + "unknown", CONTACT))
    rows = [{"url": URL, "country": "EE"}, {"url": URL + "fi", "country": "FIN"}]
    given = write("\n".join(map(json.dumps, rows)), "countries.jsonl")
    assess_archives(Wish([warc], tmp_path / "out", countries_file=given), rubric)
    survey = SurveyDatabase(tmp_path / "out", create=False)
    assert set(survey.current_runs()) == {"EST", "FIN"}
    assert [survey.findings(country)[0].outcome for country in ("EST", "FIN")] == ["present", "not_found"]
    survey.close()


def test_nothing_is_said_of_a_country_where_an_archive_is_broken(tmp_path, archive, rubric, write, one_sentence):
    broken = write("no archive", "broken.warc.gz")
    with pytest.raises(EgovError) as raised:
        assess_archives(Wish([archive((URL, CONTACT)), broken], tmp_path / "out", "GBR"), rubric)
    one_sentence(raised, "broken.warc.gz")
    assert not (tmp_path / "out").exists()


def test_an_assessment_that_ends_half_way_leaves_no_run(tmp_path, archive, rubric, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CrawlDatabase, "store_page", full)
    with pytest.raises(EgovError, match="No space left"):
        assess_archives(Wish([archive((URL, CONTACT))], tmp_path / "out", "GBR"), rubric)
    assert list((tmp_path / "out" / "runs").iterdir()) == []


def test_two_archives_of_one_name_are_told(tmp_path, archive, rubric, one_sentence):
    warc = archive((URL, CONTACT))
    with pytest.raises(EgovError) as raised:
        assess_archives(Wish([warc, warc], tmp_path / "out"), rubric)
    one_sentence(raised, "a.warc.gz")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def wacz(tmp_path, archive):
    """A WACZ of a page that is whole, one that repeats it, one that was cut, and a home page elsewhere."""

    def make(tail=b""):
        content = archive((URL, CONTACT), (URL + "deep", CONTACT), name="rec.warc.gz").read_bytes()
        listed = [{"format": "json-pages-1.0"}, {"url": URL, "seed": True}, {"url": URL + "deep", "depth": 3}]
        with zipfile.ZipFile(tmp_path / "site.wacz", "w") as packed:
            packed.writestr("archive/rec.warc.gz", content + tail)
            packed.writestr("pages/pages.jsonl", "\n".join(map(json.dumps, listed)))
        return tmp_path / "site.wacz"

    return make


def test_evidence_in_a_wacz_is_shown_to_reviewers(tmp_path, wacz, rubric):
    assess_archives(Wish([wacz()], tmp_path / "out", "GBR"), rubric)
    survey = SurveyDatabase(tmp_path / "out", create=False)
    pieces = survey.evidence("GBR", "contact")
    assert [(one.url, one.depth) for one in pieces] == [(URL, 0), (URL + "deep", 3)]
    browser = create_app(tmp_path / "out", rubric).test_client()
    for piece in pieces:
        assert piece.warc == "site.wacz/archive/rec.warc.gz"
        page = read_page(survey.archive_path("GBR", piece.warc), piece.offset)
        assert excerpt(page, piece).found
        assert "Contact us" in browser.get(f"/GBR/archived/{piece.warc}/{piece.offset}").text
    shown = browser.get("/GBR/contact").text
    assert "<mark>" in shown
    assert "/GBR/archived/site.wacz/archive/rec.warc.gz/" in shown
    survey.close()


def test_a_page_cut_in_the_archive_counts_as_failure_and_is_told_in_the_manifest(tmp_path, archive, rubric, new_page):
    torn = archive((URL, TEXT), (URL + "torn", CONTACT + NOISE), name="torn.warc.gz")
    torn.write_bytes(torn.read_bytes()[:-4_000])
    done = assess_archives(Wish([torn], tmp_path / "out", "GBR"), rubric)
    assert (done.pages, done.read, dict(done.reasons)) == (2, 1, {"incomplete": 1})
    survey = SurveyDatabase(tmp_path / "out", create=False)
    (finding, *_) = survey.findings("GBR")
    assert (finding.outcome, finding.searched.failures) == (Outcome.NOT_FOUND, (("incomplete", 1),))
    assert [one.url for one in survey.failures("GBR")] == [URL + "torn"]
    survey.close()
    manifest = json.loads((tmp_path / "out" / "runs" / done.run / "manifest.json").read_text())
    (told,) = manifest["archives"]
    assert told["sha256"] == hashlib.sha256(torn.read_bytes()).hexdigest()
    assert (told["pages"], told["pages_incomplete"], manifest["pages_read"]) == (1, 1, 1)


def test_a_page_that_another_capture_has_whole_did_not_fail(tmp_path, archive, rubric):
    first = archive((URL + "x", TEXT), (URL, CONTACT + NOISE), name="first.warc.gz")
    first.write_bytes(first.read_bytes()[:-4_000])
    second = archive((URL, CONTACT), name="second.warc.gz")
    done = assess_archives(Wish([first, second], tmp_path / "out", "GBR"), rubric)
    assert dict(done.reasons) == {"incomplete": 1}
    survey = SurveyDatabase(tmp_path / "out", create=False)
    assert survey.failures("GBR") == []
    survey.close()


def test_an_interrupted_assessment_leaves_no_run_and_may_be_repeated(tmp_path, archive, rubric):
    warc, out = archive((URL, CONTACT)), tmp_path / "out"

    def interrupt(so_far):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assess_archives(Wish([warc], out, "GBR"), rubric, interrupt)
    assert list((out / "runs").iterdir()) == []
    assert assess_archives(Wish([warc], out, "GBR"), rubric).read == 1
