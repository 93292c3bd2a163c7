"""Rows go out whole, and no cell becomes a formula."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cli.results import EXPORTS
from crawler.report.tables import WHAT
from crawler.storage.export import write_rows


def written(rows, format):
    stream = io.StringIO(newline="")
    number = write_rows(rows, format, stream)
    return number, stream.getvalue()


def cells(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_cells_that_begin_like_a_formula_are_disarmed(start):
    _, text = written([{"quote": f"{start}HYPERLINK(1)"}], "csv")
    assert cells(text)[0]["quote"] == f"'{start}HYPERLINK(1)"


def test_numbers_stay_numbers_and_nothing_stays_empty():
    _, text = written([{"depth": -1, "score": 0.5, "reason": None}], "csv")
    assert cells(text) == [{"depth": "-1", "score": "0.5", "reason": ""}]


def test_json_lines_keep_every_value_as_it_is():
    row = {"quote": "=1+1", "text": "Ümläut\n\u2028", "depth": -1, "reason": None}
    number, text = written([row, row], "jsonl")
    assert number == 2
    assert [json.loads(line) for line in text.removesuffix("\n").split("\n")] == [row, row]


def test_a_carriage_return_begins_no_row_and_no_formula():
    _, text = written([{"quote": "\r=1+1", "note": "a\r\nb"}, {"quote": "x\r=1+1", "note": ""}], "csv")
    assert cells(text) == [{"quote": "'\n=1+1", "note": "a\nb"}, {"quote": "x\n=1+1", "note": ""}]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=20)


@given(st.lists(texts, min_size=1, max_size=4))
def test_any_text_comes_back_from_csv_and_none_is_a_formula(texts):
    _, text = written([{"quote": one} for one in texts], "csv")
    found = [row["quote"] for row in cells(text)]
    assert [one.removeprefix("'") for one in found] == [one.removeprefix("'") for one in texts]
    assert not any(one.startswith(("=", "+", "-", "@", "\t")) for one in found)


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_no_rows_give_an_empty_file(format):
    assert written([], format) == (0, "")


def test_the_command_offers_all_that_there_is():
    assert set(EXPORTS) == set(WHAT)
