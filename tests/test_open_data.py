"""What a report tells of open data: each dataset once, shares of what was read, files that answered."""

import pytest

from crawler.report.opendata import open_data

ELEMENTS = dict.fromkeys(("machine_readable", "non_proprietary", "download", "metadata"), 1.0)


def dataset(title="Hospitals", **changes):
    return {
        "portal": "https://data.gov.example/", "title": title, "formats": "csv pdf", "tags": "health", "modified": "2024-01-01",
        "open_licence": 1.0, **ELEMENTS, **changes,
    }  # fmt: skip


def test_a_dataset_that_two_interfaces_name_counts_once():
    told = open_data(
        [dataset(), dataset(formats="csv"), dataset("Schools", tags="education")], [], "2024-05-01T00:00:00Z"
    )
    assert told.datasets == 2
    assert dict(told.formats) == {"csv": 2, "pdf": 2}
    assert dict(told.sectors) == {"health": 1, "education": 1}


def test_shares_are_of_what_was_read():
    rows = [dataset(), dataset("Old", modified="2020-01-01", formats="pdf", open_licence=0.0)]
    told = open_data(rows, [], "2024-05-01T00:00:00Z")
    assert (told.machine_readable, told.licensed, told.fresh) == pytest.approx((0.5, 0.5, 0.5))


def test_files_that_were_not_asked_for_are_not_dead():
    files = [{"reason": "budget"}, {"reason": None}, {"reason": "http-error"}]
    told = open_data([dataset()], files, "2024-05-01T00:00:00Z")
    assert (told.asked, told.alive) == (2, 1)


def test_nothing_is_claimed_of_no_datasets():
    told = open_data([], [], "2024-05-01T00:00:00Z")
    assert (told.datasets, told.machine_readable, told.fresh, told.openness) == (0, None, None, ())
