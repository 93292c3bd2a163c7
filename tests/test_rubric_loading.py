"""Whatever is wrong with a rubric is said in one sentence with file, feature and key."""

import pytest
import yaml

from crawler.items import EgovError
from crawler.rubric import load
from crawler.rubric.checking import check, coverage, wrong_words

LINK = [{"link": {"terms": "contact"}}]
MODEL = "id: a\ntitle: a\nsource: a\ncertainty: N\ngroup_by: un2024\n"


@pytest.fixture
def refused(write_rubric, one_sentence):
    """Is the rubric refused with one sentence that names all this?"""

    def check(*names, features=None, **files):
        directory = write_rubric(features, **files)
        with pytest.raises(EgovError) as raised:
            load(str(directory))
        one_sentence(raised, *names)

    return check


def test_a_sound_rubric_is_loaded(rubric):
    assert rubric.id == "small"
    assert [(one.id, one.subindex) for one in rubric.features.values()] == [
        ("contact", "basics"), ("petition", "basics"), ("by-hand", "basics"),
    ]  # fmt: skip
    assert [rule.name for rule in rubric.features["contact"].any] == ["link:contact"]
    assert rubric.features["contact"].concepts() == {"contact"}
    assert set(rubric.phrases) == {"en", "fr"}
    assert set(rubric.models) == {"small"}


def test_the_version_changes_with_every_change_of_words_and_features_and_not_with_weights(write_rubric):
    def version(**files):
        return load(str(write_rubric(**files))).version

    plain = version()
    assert plain.startswith("1+")
    assert version() == plain
    assert version(**{"terms/en.yaml": "language: en\nconcepts: {contact: [call us]}\n"}) != plain
    assert version(**{"concepts.yaml": "contact: {means: x}\npetition: {means: y}\n"}) != plain


@pytest.mark.parametrize(
    ("detect", "named"),
    [
        ([{"lnk": {}}], ("no detector 'lnk'", "css", "link")),
        ([{"link": {"trms": "contact"}}], ("link", "trms")),
        ([{"link": {"terms": "kontact"}}], ("link", "no concept 'kontact'")),
        ([{"link": {"terms": "contact", "without": ["kontact"]}}], ("link", "no concept 'kontact'")),
        ([{"link": {"href": "("}}], ("link", "href")),
        ([{"css": {"selector": "a[["}}], ("css", "selector")),
        ([{"css": {}}], ("css", "selector", "required")),
        ([{"link": {"terms": "contact", "words": "many"}}], ("link", "words", "'many'")),
        ([{"link": None}], ("detect",)),
        ("link", ("detect", "'link'")),
        ({"some": LINK}, ("detect", "some")),
        ({"any": LINK, "none": [{"lnk": {}}]}, ("no detector 'lnk'",)),
    ],
)
def test_a_wrong_rule_is_told(refused, new_feature, detect, named):
    refused("features/basics.yaml", "by-me", *named, features=[new_feature("by-me", detect=detect)])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kind", "robot"),
        ("on", "page"),
        ("when_missing", "no"),
        ("applies_to", "img[["),
        ("stage_2012", "late"),
        ("extra", 1),
    ],
)
def test_a_wrong_value_is_told_with_its_key(refused, new_feature, key, value):
    refused("features/basics.yaml", "by-me", key, features=[new_feature("by-me", detect=LINK, **{key: value})])


@pytest.mark.parametrize("name", ["Has Spaces", "UPPER", "", "-dash", 7])
def test_an_id_that_cannot_be_one_is_told(refused, new_feature, name):
    refused("features/basics.yaml", "id", features=[new_feature(name, detect=LINK)])


def test_examples_are_demanded_of_both_kinds(refused, new_feature):
    without = {key: value for key, value in new_feature("by-me", detect=LINK).items() if key != "examples"}
    refused("by-me", "examples are missing", features=[without])
    refused(
        "by-me", "examples.not_found", features=[new_feature("by-me", detect=LINK, examples={"present": ["<p>x</p>"]})]
    )


def test_a_feature_that_people_judge_needs_no_examples(write_rubric, new_feature):
    by_hand = new_feature("by-me", kind="human")
    del by_hand["examples"]
    assert not load(str(write_rubric([by_hand]))).features["by-me"].has_detectors


def test_a_missing_key_is_told(refused, new_feature):
    without = {key: value for key, value in new_feature("by-me").items() if key != "question"}
    refused("by-me", "question", features=[without])


def test_a_feature_is_defined_once(refused, new_feature):
    again = yaml.safe_dump([new_feature("contact", detect=LINK)])
    refused("features/more.yaml", "contact", "twice", **{"features/more.yaml": again})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("- id: a\n  title: [\n", "line 3"),
        ("- id: a\n\ttitle: x\n", "line 2"),
        ("- !!python/object:os.system {}\n", "line 1"),
        ("- id: \x07\n", "#x0007"),
        ("", "a list of features"),
        ("id: a\n", "a list of features"),
        ("- just words\n", "entry 1"),
    ],
)
def test_bad_yaml_is_told_with_its_line(refused, text, named):
    refused("features/basics.yaml", named, **{"features/basics.yaml": text})


def test_a_file_that_is_no_utf_8_is_told(write_rubric, one_sentence):
    directory = write_rubric()
    (directory / "terms" / "en.yaml").write_bytes(b"language: en\xff\n")
    with pytest.raises(EgovError) as raised:
        load(str(directory))
    one_sentence(raised, "terms/en.yaml")


def test_on_and_no_are_words_and_no_truth_values(write_rubric, new_feature):
    text = yaml.safe_dump([new_feature("by-me", kind="human")]) + "  on: home\n"
    loaded = load(
        str(
            write_rubric(
                **{"features/basics.yaml": text, "terms/no.yaml": "language: no\nconcepts: {contact: [no, on]}\n"}
            )
        )
    )
    assert loaded.features["by-me"].text.on == "home"
    assert loaded.phrases["no"]["contact"] == ("no", "on")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("language: fr\nconcepts: {contact: [x]}\n", ("language: en",)),
        ("language: en\n", ("concepts",)),
        ("- x\n", ("mapping",)),
        ("language: en\nconcepts: {kontact: [x]}\n", ("kontact", "no such concept")),
        ("language: en\nconcepts: {contact: x}\n", ("contact", "list of phrases")),
        ("language: en\nconcepts: {contact: [1]}\n", ("contact", "list of phrases")),
        ("language: en\nconcepts: {contact: ['=*']}\n", ("contact", "list of phrases")),
        (
            "language: en\nconcepts: {closed: [over, now], petition: [over]}\n",
            ("closed", "petition", "opposites", "'over'"),
        ),
    ],
)
def test_wrong_words_are_told(refused, text, named):
    refused("terms/en.yaml", *named, **{"terms/en.yaml": text})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("contact: words\n", ("contact", "means")),
        ("contact: {means: x, opposite: petition}\n", ("contact", "opposite")),
        ("contact: {means: x, opposite: [gone]}\n", ("contact", "opposite")),
        ("[]\n", ("mapping",)),
    ],
)
def test_wrong_concepts_are_told(refused, text, named):
    refused("concepts.yaml", *named, **{"concepts.yaml": text})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("id: small\n", ("title",)),
        ("- x\n", ("entry",)),
        ("id: a\ntitle: a\nsource: a\ncertainty: X\ngroup_by: un2024\ngroups: []\n", ("certainty",)),
        ("id: a\ntitle: a\nsource: a\ncertainty: N\ngroup_by: colour\ngroups: []\n", ("group_by", "'colour'")),
        (MODEL + "groups: []\n", ("groups",)),
        (MODEL + "groups: [{id: g, title: g, weight: -1, values: [CP]}]\n", ("weight", "'-1'")),
    ],
)
def test_a_wrong_model_is_told(refused, text, named):
    refused("models/small.yaml", *named, **{"models/small.yaml": text})


@pytest.mark.parametrize("head", ["id: small\n", "version: '1'\n", "id: small\nversion: 1\n"])
def test_a_rubric_needs_an_id_and_a_version(refused, head):
    refused("rubric.yaml", "a text is missing", **{"rubric.yaml": head})


def test_a_directory_without_a_rubric_is_told(tmp_path, one_sentence):
    with pytest.raises(EgovError) as raised:
        load(str(tmp_path))
    one_sentence(raised, "--rubric", str(tmp_path), "rubric.yaml")


def test_examples_that_promise_too_much_or_too_little_are_found(write_rubric, new_feature):
    swapped = {"present": ["<p>Nothing</p>"], "not_found": ["<a href=/c>Contact us</a>"]}
    broken = new_feature("by-me", detect=LINK, examples=swapped)
    found = check(load(str(write_rubric([broken, new_feature("good", detect=LINK)]))))
    assert len(found) == 2
    assert "by-me: not found" in found[0]
    assert "by-me: found by link:contact" in found[1]


def test_coverage_counts_phrases_by_language_and_concept(rubric):
    assert coverage(rubric)["fr"] == {"contact": 1, "petition": 0, "closed": 0}
    assert rubric.languages_without(["petition"], ["en", "fr", "ka"]) == ("fr", "ka")
    assert rubric.languages_without([], ["ka"]) == ()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("closed: [Über], petition: [uber]", "petition"),
        ("petition: ['a* = b']", "can match nothing"),
        ("petition: ['st*em']", "can match nothing"),
        ("petition: ['!?']", "can match nothing"),
    ],
)
def test_words_that_opposites_share_or_that_match_nothing_are_told(write_rubric, words, named):
    text = f"language: en\nconcepts: {{contact: [contact us], {words}}}\n"
    (line,) = wrong_words(load(str(write_rubric(**{"terms/en.yaml": text}))))
    assert "terms/en.yaml" in line
    assert named in line


def test_a_language_may_say_that_it_claims_little(write_rubric):
    files = {"terms/na.yaml": "language: na\npartial: true\nconcepts: {contact: [x y]}\n"}
    assert load(str(write_rubric(**files))).partial == {"na"}


def test_what_counts_on_official_sites_only_is_a_list_of_features(refused, write_rubric):
    head = 'id: small\nversion: "1"\nofficial_only: '
    assert load(str(write_rubric(**{"rubric.yaml": head + "[petition]\n"}))).official_only == {"petition"}
    refused("rubric.yaml", "official_only", **{"rubric.yaml": head + "[no-such]\n"})


def test_a_provider_is_checked_like_everything_else(refused):
    refused("providers/x.yaml", "kind", **{"providers/x.yaml": "- {id: a, name: A, kind: magic}\n"})
    refused("providers/x.yaml", "marks", **{"providers/x.yaml": "- {id: a, name: A, kind: eid, marks: ['..']}\n"})
    refused("providers/x.yaml", "twice", **{"providers/x.yaml": "- &a {id: a, name: A, kind: eid}\n- *a\n"})
