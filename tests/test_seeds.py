"""Seed files say what is wrong with them, and seeds say what belongs to a country."""

import pytest

from crawler.items import EgovError, Seed
from crawler.seeds import COLUMNS, Country, country_code, read_seeds, scope_of, seeds_for

HEAD = ",".join(COLUMNS)
GOOD = "EST,national,https://www.tallinn.ee/,et ru,extra.example,register,2024-05-01,"


@pytest.fixture
def seed_file(tmp_path):
    def write(*lines, head=HEAD, encoding="utf-8"):
        path = tmp_path / "seeds.csv"
        path.write_bytes("\n".join([head, *lines, ""]).encode(encoding))
        return path

    return write


def test_a_row_becomes_a_seed(seed_file):
    (seed,) = read_seeds(seed_file(GOOD))
    assert seed == Seed(
        "EST", "national", "https://www.tallinn.ee/", ("et", "ru"), ("extra.example",), "register", "2024-05-01"
    )


def test_spreadsheets_may_add_a_byte_order_mark_spaces_and_quotes(seed_file):
    row = 'est, national ,HTTPS://A.example, et ,,"a, b",,'
    (found,) = read_seeds(seed_file(row, encoding="utf-8-sig"))
    assert found == Seed("EST", "national", "https://a.example/", ("et",), (), "a, b")


def test_alpha_2_codes_and_user_assigned_codes_are_understood():
    assert [country_code(code) for code in ("ee", "EST", "xvd", "XAA", "XZZ")] == ["EST", "EST", "XVD", "XAA", "XZZ"]


@pytest.mark.parametrize("code", ["", "E", "ESTO", "QQQ", "Estonia", "XX"])
def test_an_unknown_code_is_told_with_an_example(code, one_sentence):
    with pytest.raises(EgovError) as raised:
        country_code(code)
    one_sentence(raised, f"'{code}'", "EST")


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("EST,capital,https://a.example/,,,,,", ("role", "capital", "national")),
        ("EST,national,a.example,,,,,", ("url", "a.example")),
        ("EST,national,http://[::1,,,,,", ("url", "http://[::1")),
        ("EST,national,ftp://a.example/,,,,,", ("url", "ftp://a.example/")),
        ("QQQ,national,https://a.example/,,,,,", ("country", "QQQ")),
        (",national,https://a.example/,,,,,", ("country",)),
        ("EST,national,https://a.example/", ("8 columns",)),
        (GOOD + ",more", ("8 columns",)),
    ],
)
def test_a_malformed_row_is_told_with_file_line_and_column(seed_file, one_sentence, row, named):
    with pytest.raises(EgovError) as raised:
        read_seeds(seed_file(GOOD, row))
    one_sentence(raised, "seeds.csv, line 3", *named)


def test_the_line_is_right_after_empty_and_folded_lines(seed_file, one_sentence):
    folded = GOOD.replace("register", '"two\nlines"')
    with pytest.raises(EgovError) as raised:
        read_seeds(seed_file(folded, "", "EST,capital,https://a.example/,,,,,"))
    one_sentence(raised, "seeds.csv, line 5")


def test_a_missing_column_is_named(seed_file, one_sentence):
    with pytest.raises(EgovError) as raised:
        read_seeds(seed_file(head=HEAD.replace("role,", "")))
    one_sentence(raised, "seeds.csv, line 1", "'role'")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'country\n"open', b"\x00\x00"])
def test_what_is_no_csv_is_told(tmp_path, one_sentence, content):
    path = tmp_path / "seeds.csv"
    path.write_bytes(content)
    with pytest.raises(EgovError) as raised:
        read_seeds(path)
    one_sentence(raised, "seeds.csv")


def test_a_file_that_is_not_there_is_told(tmp_path, one_sentence):
    with pytest.raises(EgovError) as raised:
        read_seeds(tmp_path / "no.csv")
    one_sentence(raised, "no.csv")


def test_a_country_without_seeds_is_told(seed_file, one_sentence):
    with pytest.raises(EgovError) as raised:
        seeds_for("LVA", seed_file(GOOD))
    one_sentence(raised, "LVA", "seeds.csv", "--seeds")


def test_replaced_portals_are_left_out_unless_nothing_else_is_known(seed_file):
    old = "EST,national,https://old.example/,,,,,https://www.tallinn.ee/"
    path = seed_file(GOOD, old)
    assert [seed.url for seed in seeds_for("EST", path)] == ["https://www.tallinn.ee/"]
    assert [seed.url for seed in seeds_for("EST", seed_file(old))] == ["https://old.example/"]


def seed(url, *hosts):
    return Seed("GBR", "national", url, (), hosts)


UK = Country("GBR", "GB", "United Kingdom", "Europe", ("en",), ("gov.uk",))


def test_a_site_is_in_scope_with_all_its_hosts():
    scope = scope_of([seed("https://www.tallinn.ee/", "data.tartu.ee")], None)
    assert [scope.includes(name) for name in ("tallinn.ee", "a.b.tallinn.ee", "www.tartu.ee")] == [True] * 3


def test_a_government_suffix_is_in_scope_and_its_neighbours_are_not():
    scope = scope_of([seed("https://www.gov.uk/")], UK)
    assert scope.includes("www.nhs.gov.uk")
    assert [scope.includes(name) for name in ("www.notgov.uk", "gov.uk.evil.example", "co.uk")] == [False] * 3


def test_a_seed_on_a_public_suffix_does_not_open_the_suffix():
    scope = scope_of([seed("https://shop.co.uk/")], None)
    assert not scope.includes("other.co.uk")


def test_an_address_is_in_scope_only_as_itself():
    scope = scope_of([seed("http://127.0.0.21:8080/")], None)
    assert scope.includes("127.0.0.21")
    assert not scope.includes("127.0.0.22")
