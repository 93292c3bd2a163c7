"""Links that promise something new come first, groups that pay are followed, repetition is paid for no further."""

import json
import subprocess
from dataclasses import replace
from threading import Event

import pytest
from test_crawl import TEXT, command, crawled, page, serving

from crawler.focus import Focus, FoundLink, found_links, link_of_sitemap, signature
from crawler.focus.families import QUIET, QUIET_LISTED, REPEATED
from crawler.focus.learning import UNTIRED
from crawler.focus.repetition import are_alike
from crawler.items import Seed
from crawler.page.document import Document
from crawler.reassess import Wish, assess_archives
from crawler.rubric import load
from crawler.storage import CrawlDatabase, SurveyDatabase
from crawler.storage.crawl import Candidate, Visited

HOST = "portal.gov.example"
HOME = f"https://{HOST}/"
FEATURES = {"contact": frozenset(["contact"]), "petition": frozenset(["petition"])}


@pytest.fixture
def focus():
    return Focus(FEATURES, seed=1)


@pytest.fixture(scope="session")
def links_of(new_page, rubric):
    """The links that are found in this HTML, by address without the home page's."""

    def find(html, **changes):
        page = new_page(html, **changes)
        found = found_links(Document(page), page, rubric.index, frozenset(["contact", "petition"]), 100)
        return {one.url.removeprefix(HOME): one for one in found}

    return find


def link(path="x", text="Weather", group="g", concepts=()):
    return FoundLink(HOME + path, text, f"{HOST} {group}", concepts)


# ── links of a page


def test_a_link_names_concepts_by_its_text_title_or_address(links_of):
    found = links_of('<a href=/a>Contact us</a><a href=/b title="Petitions">x</a><a href=/c/contact_us.html>y</a>')
    assert [one.concepts for one in found.values()] == [("contact",), ("petition",), ("contact",)]


def test_words_of_languages_that_are_not_spoken_do_not_count(links_of):
    html = "<a href=/a>Nous contacter</a>"
    assert links_of(html)["a"].concepts == ()
    assert links_of(html, languages=("en", "fr"))["a"].concepts == ("contact",)


def test_links_to_the_same_address_are_one_and_the_first_with_words_stands_for_them(links_of):
    found = links_of("<nav><a href=/a><img src=x></a></nav><main><a href=/a>Contact us</a><a href=/a>More</a></main>")
    assert list(found) == ["a"]
    assert (found["a"].text, found["a"].concepts, found["a"].in_frame) == ("Contact us", ("contact",), False)


def test_files_other_schemes_and_the_page_itself_are_no_links(links_of):
    assert (
        links_of(f"<a href=/a.pdf>a</a><a href=mailto:a@b.example>b</a><a href='#top'>c</a><a href={HOME}>d</a>") == {}
    )


def test_the_same_menu_is_one_group_on_each_page(links_of):
    menu = '<nav class="main-nav"><ul class="menu level-1"><li class="item-{0} active"><a href=/{0}>{0}</a></li></ul></nav>'
    first, second = (links_of(f'<div class="page-{name}">{menu.format(name)}</div>')[name] for name in "ab")
    assert first.group == second.group
    assert first.in_frame


def test_links_at_other_places_and_to_other_hosts_are_other_groups(links_of):
    list_of = '<ul class="{}"><li><a href="{}">x</a></li></ul>'
    found = links_of(list_of.format("news", "/a") + list_of.format("services", "/b"))
    elsewhere = links_of(list_of.format("news", "https://other.gov.example/c"))
    assert len({one.group for one in [*found.values(), *elsewhere.values()]}) == 3


# ── priorities


def test_a_link_that_names_a_concept_comes_before_one_that_does_not(focus):
    assert focus.priority(link(concepts=("contact",)), 1) > focus.priority(link(), 1)


def test_features_without_evidence_count_more(focus):
    before = focus.priority(link(concepts=("contact",)), 1)
    focus.learn(link("y", "Other"), ["contact"], b"")
    assert focus.priority(link(concepts=("contact",)), 1) < before
    assert focus.priority(link(concepts=("petition",)), 1) > focus.priority(link(concepts=("contact",)), 1)


def test_features_that_only_this_host_lacks_count_less_than_those_the_country_lacks(focus):
    focus.learn(link()._replace(url="https://other.gov.example/"), ["contact"], b"")
    assert focus.priority(link(concepts=("petition",)), 1) > focus.priority(link(concepts=("contact",)), 1)


def test_topics_and_words_that_were_visited_count_less(focus):
    before = [focus.priority(one, 1) for one in (link("a", "Road works"), link("b", "x", concepts=("contact",)))]
    focus.learn(link("c", "Road works", concepts=("contact",)), [], b"")
    after = [focus.priority(one, 1) for one in (link("a", "Road works"), link("b", "x", concepts=("contact",)))]
    assert after[0] < before[0]
    assert after[1] < before[1]


def test_nearer_pages_come_first(focus):
    assert focus.priority(link(), 1) > focus.priority(link(), 2)


@pytest.mark.parametrize(
    "tail", ["?page=2", "?x=1&sort=asc", "2024/05/x", "calendar/x", "print/x", "?f%5B0%5D=a", "?q=" + "x" * 200]
)
def test_addresses_that_rarely_end_come_last(focus, tail):
    assert focus.priority(link(tail, ""), 1) < focus.priority(link("news", ""), 1)


# ── learning


def test_the_group_that_pays_is_followed(focus):
    waiting = [(f"{HOST} good", 1.0), (f"{HOST} bad", 1.0)]
    for number in range(5):
        focus.learn(link(f"good/{number}", group="good"), [f"feature-{number}"], b"")
        focus.learn(link(f"bad/{number}", group="bad"), [], b"")
    assert focus.choose(HOST, waiting) == f"{HOST} good"


def test_a_group_that_stopped_to_pay_gives_way_to_one_that_was_not_tried(focus):
    for number in range(30):
        focus.learn(link(f"old/{number}", group="old"), ["contact"], b"")
    assert focus.choose(HOST, [(f"{HOST} old", 1.0), (f"{HOST} new", 1.0)]) == f"{HOST} new"


def test_what_was_learned_on_one_host_does_not_count_on_another(focus):
    other = "other.gov.example"
    waiting = [(f"{other} good", 1.0), (f"{other} bad", 1.1)]
    for number in range(5):
        focus.learn(link(f"good/{number}", group="good"), [f"feature-{number}"], b"")
    assert focus.choose(other, waiting) == f"{other} bad"


def test_equal_groups_are_drawn_by_the_seed_alone():
    waiting = [(f"{HOST} {number}", 1.0) for number in range(8)]
    drawn = [Focus(FEATURES, seed).choose(HOST, order) for seed in range(9) for order in (waiting, waiting[::-1])]
    assert drawn[::2] == drawn[1::2]
    assert len(set(drawn)) > 1


# ── repetition


def test_pages_that_differ_in_numbers_only_are_alike_and_others_are_not(new_page):
    texts = [f"<p>{word} and more words of this page</p>" for word in ("One", "Two", "Three", "Four", "Five", "Six")]

    def sketch(*pieces):
        return signature(Document(new_page("<html>" + "".join(pieces))))

    first = sketch(*texts, "<p>Meetings on 12 May 2024</p>")
    assert are_alike(first, sketch(*texts, "<p>Meetings on 13 May 2025</p>"))
    assert are_alike(first, sketch(*texts, "<nav><a href=/a>Another menu</a></nav>", "<p>Meetings on 1 May 1</p>"))
    assert not are_alike(first, sketch(*texts[:3], "<p>Schools</p>", "<p>Roads</p>", "<p>Bridges</p>"))
    assert not are_alike(sketch(), sketch())


def test_a_family_of_repeated_pages_is_paid_for_no_further(focus):
    for number in range(REPEATED + 1):
        assert focus.pays_for(f"{HOME}events/{number}")
        focus.learn(link(f"events/{number}"), [], b"\x01\0\0\0")
    assert not focus.pays_for(f"{HOME}events/999")
    assert focus.pays_for(f"{HOME}news/999")


@pytest.mark.parametrize(("address", "pages"), [("news/{}", QUIET), ("list?page={}", QUIET_LISTED)])
def test_a_family_that_brings_nothing_is_left_after_its_time(focus, address, pages):
    focus.learn(link(address.format(0)), ["contact"], b"")
    for number in range(1, pages + 1):
        assert focus.pays_for(HOME + address.format(0))
        focus.learn(link(address.format(number)), ["contact"], bytes(4 * [number]))
    assert not focus.pays_for(HOME + address.format(999))


def test_repeated_pages_that_bring_something_are_paid_for(focus):
    for number in range(40):
        focus.learn(link(f"events/{number}"), [f"feature-{number}"], b"\x01\0\0\0")
    assert focus.pays_for(f"{HOME}events/999")


def test_paths_that_repeat_themselves_are_not_followed(focus):
    assert not focus.pays_for(f"{HOME}a/b/a/b/a/b")
    assert focus.pays_for(f"{HOME}en/services/en")


def test_a_host_is_left_when_nothing_new_came_for_long_and_not_before(focus):
    focus.learn(link("first"), ["contact"], b"")
    for number in range(UNTIRED):
        assert focus.tired(HOST) == ""
        focus.learn(link(f"a{number}/b/c"), ["contact"], b"")
    assert f"{HOST} was left after {UNTIRED + 1} pages" in focus.tired(HOST)
    assert not focus.pays_for(f"{HOME}anything")
    assert focus.tired("other.gov.example") == ""


def test_a_thorough_crawl_passes_over_nothing():
    focus = Focus(FEATURES, thorough=True)
    for number in range(2 * UNTIRED):
        focus.learn(link(f"events/{number}"), [], b"\x01\0\0\0")
    assert focus.pays_for(f"{HOME}events/999")
    assert focus.tired(HOST) == ""


# ── the frontier


@pytest.fixture
def database(tmp_path):
    opened = CrawlDatabase(tmp_path, "run")
    opened.begin("crawl", "small", "1", "2024-05-01T12:00:00Z", {})
    yield opened
    opened.close()


def candidate(found, priority):
    return Candidate(
        found.url, HOME, 1, ((found.text, found.url),), priority, group=found.group, concepts=found.concepts
    )


def order(database):
    urls = []
    while lease := database.lease(HOST):
        database.mark_leased(lease)
        urls.append(lease.candidate.url.removeprefix(HOME))
    return urls


def test_stored_priorities_that_have_fallen_are_reckoned_anew(database, focus):
    database.follow(focus)
    seen, new = link("a", "Road works"), link("b", "Bridges")
    database.queue([candidate(seen, focus.priority(seen, 1)), candidate(new, focus.priority(new, 1) - 0.2)])
    focus.learn(link("c", "Road works"), [], b"")
    assert order(database) == ["b", "a"]


def test_what_is_passed_over_is_counted_and_neither_failed_nor_absent(database, focus):
    database.follow(focus)
    database.queue([candidate(link(f"events/{number}"), 1.0) for number in range(50)])
    database.queue([replace(candidate(link("events/50"), 1.0), worth=False)])
    for number in range(QUIET):
        focus.learn(link(f"events/{number}"), [], bytes(4 * [number]))
    assert order(database) == []
    assert database.passed_over() == 51
    assert database.failures() == []


def test_what_was_passed_over_is_taken_up_when_the_budget_holds_all_of_it(database, focus):
    database.follow(focus)
    database.queue([replace(candidate(link(f"events/{number}"), 1.0), worth=False) for number in range(10)])
    database.queue([replace(candidate(link("events?page=2"), 1.0), worth=False)])
    assert database.take_up(9) == 0
    assert database.take_up(10) == 10
    assert sorted(order(database)) == sorted(f"events/{number}" for number in range(10))
    assert database.passed_over() == 1


def test_a_resumed_crawl_has_learned_the_same(tmp_path, new_page, rubric, nowhere):
    from crawler.assess import assess_page

    opened = CrawlDatabase(tmp_path, "run")
    opened.begin("crawl", "small", "1", "2024-05-01T12:00:00Z", {})
    first = Focus(FEATURES, seed=3)
    opened.follow(first)
    for number in range(12):
        html = f"<html lang=en><p>{TEXT}</p>" + ("<a href=/c>Contact us</a>" if number == 4 else f"<p>{number}</p>")
        visited = new_page(html, url=f"{HOME}p/{number}", depth=1)
        asked = candidate(link(f"p/{number}", f"Page {number}", f"g{number % 3}", ("contact",)), 1.0)
        place = replace(nowhere, offset=number)
        told = Visited(asked, signature(Document(visited)), ())
        opened.store_page(visited, place, 1, assess_page(visited, place, rubric), visited=told)
    again = Focus(FEATURES, seed=3)
    opened.follow(again)
    opened.close()
    waiting = [(f"{HOST} g{number}", 1.0) for number in range(5)]
    assert again.choose(HOST, waiting) == first.choose(HOST, waiting)
    for one in (link("q", "Page 3", concepts=("contact",)), link("p/99", "New")):
        assert again.priority(one, 1) == first.priority(one, 1)
        assert again.pays_for(one.url) == first.pays_for(one.url)


def test_an_entry_of_a_sitemap_is_a_link_of_which_only_the_address_tells(rubric):
    found = link_of_sitemap(f"{HOME}en/contact-us", rubric.index, frozenset(["en"]), frozenset(["contact"]))
    assert found == FoundLink(f"{HOME}en/contact-us", "", f"{HOST} sitemap", ("contact",))


def test_a_home_page_read_again_behind_a_link_stays_what_it_was_judged_as(database, new_page, rubric, nowhere):
    from crawler.assess import assess_page

    database.add_portals([Seed("GBR", "national", HOME)])
    asked = [Candidate(HOME, HOME, 0, (), 100.0), replace(candidate(link("en/"), 1.0), depth=1)]
    for number, one in enumerate(asked):
        # The home page redirects to an address that another page links to.
        visited = new_page(f"<p>{TEXT}</p>", url=f"{HOME}en/", depth=one.depth, path=one.path)
        place = replace(nowhere, offset=number)
        database.store_page(visited, place, 1, assess_page(visited, place, rubric), visited=Visited(one, b"", ()))
    assert database.shorten_paths() == 0
    assert [row["depth"] for row in database.db.query("SELECT depth FROM page ORDER BY offset")] == [0, 1]


# ── whole crawls


class Detour(dict):
    """Answers of a site on which the short way answers only after the detour was taken to its end."""

    def __init__(self, answers):
        super().__init__(answers)
        self.taken = Event()

    def get(self, path, default=None):
        if path == "/short":
            assert self.taken.wait(30), "the crawl took no detour"
        if path == "/behind":
            self.taken.set()
        return super().get(path, default)


def test_the_click_path_is_the_shortest_though_a_detour_was_taken_first(tmp_path):
    answers = {
        "/": page("a", "short"),
        "/a": page("b"),
        "/b": page("goal"),
        "/goal": page("behind", text=TEXT + "<a href=/contact>Contact us</a>"),
        "/behind": page(),
        "/short": page("goal"),
    }
    with serving(Detour(answers)) as site:
        pages, _ = crawled(tmp_path, site)
    assert {url: row["depth"] for url, row in pages.items()} == {
        "": 0, "a": 1, "short": 1, "b": 2, "goal": 2, "behind": 3, "contact": 3,
    }  # fmt: skip
    steps = [[text, url.removeprefix(site.url)] for text, url in json.loads(pages["behind"]["path"])]
    assert steps == [["Page short", "short"], ["Page goal", "goal"], ["Page behind", "behind"]]
    survey = SurveyDatabase(tmp_path / "out", create=False)
    evidence = {(row["url"], row["depth"], row["path"]) for row in survey.rows("evidence")}
    survey.close()
    by_url = {site.url + url: row for url, row in pages.items()}
    assert {(url, by_url[url]["depth"], by_url[url]["path"]) for url, _, _ in evidence} == evidence
    warcs = sorted((tmp_path / "out").glob("runs/*/warc/*.warc.gz"))
    run = assess_archives(Wish(warcs, tmp_path / "again"), load()).run
    database = CrawlDatabase(tmp_path / "again" / "runs" / run, run, create=False)
    assert {(row["url"], row["depth"], row["path"]) for row in database.db.query("SELECT * FROM evidence")} == evidence
    database.close()


def test_an_endless_calendar_is_left_and_the_user_is_told(tmp_path):
    class Endless(dict):
        def get(self, path, default=None):
            if path.startswith("/calendar?"):
                month = int(path.rpartition("=")[2])
                return page(f"calendar?month={month + 1}", f"calendar?month={month + 2}", f"calendar?month={month + 3}")
            return super().get(path, default)

    answers = Endless({"/": page("calendar?month=1", "about"), "/about": page()})
    with serving(answers) as site:
        done = subprocess.run(
            command(tmp_path, site, "--max-pages", "200"), capture_output=True, text=True, check=False, timeout=90
        )
    assert done.returncode == 0, done.stderr
    assert "/about" in site.asked
    assert sum(path.startswith("/calendar") for path in site.asked) <= QUIET_LISTED
    assert "addresses were passed over" in done.stderr
    (manifest,) = (tmp_path / "out").glob("runs/*/run.json")
    assert json.loads(manifest.read_text())["passed_over"] > 0
