"""How open a dataset is, by the five elements of ODIN (Open Data Watch, Open Data Inventory 2022/23 methodology)."""

from crawler.page.datasets import Dataset, is_open

MACHINE_READABLE = frozenset("xls xlsx csv tsv json geojson xml txt dta sav sas7bdat rdf ttl jsonld".split())
"""Element 1: XLS, XLSX, CSV, JSON, XML, TXT, Stata, SPSS, SAS, RDF and their kin."""
NON_PROPRIETARY = frozenset("xlsx csv tsv json geojson xml txt pdf html docx ods odt rdf ttl jsonld".split())
"""Element 2."""


def openness(dataset: Dataset) -> tuple[float, float, float, float, float]:
    """Machine-readable, non-proprietary, download options, metadata, licence: each from 0 to 1.

    Download: bulk and interface 1, one of them 0.5. Metadata: definition, date and agency 1, some 0.5.
    Licence: open to anybody for any purpose 1, anything else 0.
    """
    formats = {file.format for file in dataset.files}
    bulk, told = bool(dataset.files), sum(map(bool, (dataset.description, dataset.modified, dataset.publisher)))
    return (
        float(not formats.isdisjoint(MACHINE_READABLE)),
        float(not formats.isdisjoint(NON_PROPRIETARY)),
        (bulk + dataset.api) / 2,
        1.0 if told == 3 else 0.5 if told else 0.0,
        float(is_open(dataset.licence)),
    )
