"""Reading the rubric's files. Whatever is wrong is said with file, feature and key."""

import gc
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from crawler.detectors import DETECTORS, address_expression, needed_by
from crawler.detectors.view import Lookups
from crawler.items import EgovError
from crawler.page.language import ANY
from crawler.page.marks import SelectorIndex
from crawler.page.patterns import PatternIndex
from crawler.page.providers import Provider, ProviderIndex
from crawler.page.terms import TermIndex
from crawler.rubric.models import (
    Detection,
    Feature,
    FeatureText,
    Model,
    ProviderText,
    Rule,
    broken_option,
    broken_selector,
    concepts_in,
    option_model,
)

# The C loader is ten times faster than the Python one and as safe.
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# As in YAML 1.2 only true and false are truth values: `on` is a key here, and `no` is Norwegian.
_TRUTH = "tag:yaml.org,2002:bool"
_RESOLVERS = {
    first: [one for one in pairs if one[0] != _TRUTH] for first, pairs in _FAST.yaml_implicit_resolvers.items()
}
_LOADER: Any = type("RubricLoader", (_FAST,), {"yaml_implicit_resolvers": _RESOLVERS})
_LOADER.add_implicit_resolver(_TRUTH, re.compile("(?:true|false)$", re.I), list("tTfF"))
_ROOMS = ("features", "terms", "providers")
EID_NAME = "eid-name"
"""The concept that the names of e-ID schemes fill."""
DEFAULT = "egov"
"""The rubric that comes with the program."""


@dataclass(frozen=True)
class Rubric:
    """A loaded rubric: what is asked, by which words, weighed how."""

    id: str
    version: str
    directory: Path
    features: Mapping[str, Feature]
    concepts: Mapping[str, Mapping[str, Any]]
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]]
    models: Mapping[str, Model]
    providers: ProviderIndex
    official_only: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()

    @cached_property
    def index(self) -> TermIndex:
        """All terms, and the names of e-ID schemes in any language, ready to match."""
        names = {EID_NAME: self.providers.names["eid"]} if "eid" in self.providers.names else {}
        built = TermIndex({**self.phrases, ANY: names})
        # What is loaded stays: the garbage collector need not walk it again for every page.
        gc.freeze()
        return built

    @cached_property
    def measured(self) -> Mapping[str, Mapping[str, float]]:
        """Feature to precision, recall and number of labelled cases, as far as they were measured."""
        file = self.directory / "measured.yaml"
        told = _mapping(file).get("features") if file.is_file() else None
        return told if isinstance(told, dict) else {}

    @cached_property
    def lookups(self) -> Lookups:
        """All words, providers, selectors and expressions for addresses, ready to be held against a page."""
        rules = [rule for one in self.features.values() for rule in (*one.any, *one.all, *one.none)]
        selectors = (rule.options["selector"] for rule in rules if rule.detector is DETECTORS["css"])
        addresses = (address_expression(rule.detector.__name__, rule.options) for rule in rules)
        return Lookups(
            self.index,
            self.providers,
            SelectorIndex([*self.providers.marks, *selectors]),
            PatternIndex(filter(None, addresses)),
        )

    @cached_property
    def sought(self) -> frozenset[str]:
        """All concepts by whose words some feature can be found."""
        return frozenset(concept for feature in self.features.values() for concept in feature.concepts())

    def languages_without(self, concepts: Iterable[str], languages: Iterable[str]) -> tuple[str, ...]:
        """Those of the languages in which one of the concepts has no words at all."""
        wanted = tuple(concepts)
        known = self.index.concepts_by_language
        return tuple(code for code in languages if any(one not in known.get(code, ()) for one in wanted))


def rubrics_directory() -> Path:
    """Where the rubric lies: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_rubrics"
    return installed if installed.is_dir() else package.parent / "rubrics"


@lru_cache(maxsize=4)
def load(rubric: str = DEFAULT) -> Rubric:
    """The rubric with this id, or in this directory. Raises EgovError for whatever does not fit."""
    directory = rubrics_directory() if rubric == DEFAULT else Path(rubric)
    if not (directory / "rubric.yaml").is_file():
        raise EgovError(f"--rubric {rubric}: no such rubric; give '{DEFAULT}' or a directory that holds rubric.yaml")
    head = _mapping(directory / "rubric.yaml")
    concepts = _concepts(directory / "concepts.yaml")
    phrases, partial = {}, set()
    for file in sorted((directory / "terms").glob("*.yaml")):
        language, words, whole = _terms(file, concepts)
        phrases[language] = words
        if not whole:
            partial.add(language)
    features: dict[str, Feature] = {}
    for file in sorted((directory / "features").glob("*.yaml")):
        for feature in _features(file, concepts):
            if feature.id in features:
                raise EgovError(f"{_short(file)}: {feature.id}: defined twice")
            features[feature.id] = feature
    models = {model.id: model for file in sorted((directory / "models").glob("*.yaml")) if (model := _model(file))}
    for key in ("id", "version"):
        if not isinstance(head.get(key), str):
            raise EgovError(f"{_short(directory / 'rubric.yaml')}: {key}: a text is missing here")
    version = f"{head['version']}+{_digest(directory)}"
    official = _official_only(head, features, directory)
    return Rubric(
        head["id"],
        version,
        directory,
        features,
        concepts,
        phrases,
        models,
        _providers(directory),
        official,
        frozenset(partial),
    )


def _official_only(head: Mapping[str, Any], features: Mapping[str, Feature], directory: Path) -> frozenset[str]:
    """Ids of the features that count on sites of public bodies only; the head lists them, or whole sub-indices."""
    listed = head.get("official_only", [])
    known = {*features, *(one.subindex for one in features.values())}
    if not isinstance(listed, list) or not known.issuperset(listed):
        place = f"{_short(directory / 'rubric.yaml')}: official_only"
        raise EgovError(f"{place}: a list of sub-indices and features is expected, given {listed!r}")
    return frozenset(one.id for one in features.values() if {one.id, one.subindex} & set(listed))


def _digest(directory: Path) -> str:
    """Eight digits that change with every change of features, concepts or terms."""
    found = hashlib.sha256()
    for file in sorted(
        [directory / "concepts.yaml", *(file for room in _ROOMS for file in directory.glob(f"{room}/*.yaml"))]
    ):
        found.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()[:8]


def read_yaml(file: Path) -> Any:
    """The content of a YAML file. Raises EgovError that names the file and line."""
    try:
        return yaml.load(file.read_text("utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise EgovError(f"{_short(file)}, line {line}: not valid YAML: {error.problem}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EgovError(f"{_short(file)}: cannot be read: {' '.join(str(error).split())}") from None


def _short(file: Path) -> str:
    return "/".join(file.parts[-3:])


def _mapping(file: Path) -> dict[str, Any]:
    content = read_yaml(file)
    if not isinstance(content, dict):
        raise EgovError(f"{_short(file)}: a mapping is expected, not {type(content).__name__}")
    return content


def _concepts(file: Path) -> dict[str, dict[str, Any]]:
    content = _mapping(file)
    for concept, meaning in content.items():
        if not isinstance(meaning, dict) or not isinstance(meaning.get("means"), str):
            raise EgovError(f"{_short(file)}: {concept}: a mapping with the text 'means' is expected")
        opposite = meaning.get("opposite", [])
        if not isinstance(opposite, list) or any(one not in content for one in opposite):
            raise EgovError(f"{_short(file)}: {concept}: opposite: a list of concepts of this file is expected")
    return content


def _terms(file: Path, concepts: Mapping[str, Any]) -> tuple[str, dict[str, tuple[str, ...]], bool]:
    """The language, its words, and whether its author claims to cover the core concepts (`partial: true` says no)."""
    content = _mapping(file)
    language, listed = content.get("language"), content.get("concepts")
    if language != file.stem or not isinstance(listed, dict):
        raise EgovError(f"{_short(file)}: needs 'language: {file.stem}' and a mapping 'concepts'")
    words: dict[str, tuple[str, ...]] = {}
    for concept, phrases in listed.items():
        if concept not in concepts:
            raise EgovError(f"{_short(file)}: {concept}: no such concept in concepts.yaml")
        if not isinstance(phrases, list) or not all(
            isinstance(phrase, str) and phrase.strip("=* ") for phrase in phrases
        ):
            raise EgovError(f"{_short(file)}: {concept}: a list of phrases is expected")
        words[concept] = tuple(phrases)
    for concept, meaning in concepts.items():
        for opposite in meaning.get("opposite", ()):
            if both := set(words.get(concept, ())) & set(words.get(opposite, ())):
                raise EgovError(f"{_short(file)}: {concept} and {opposite} are opposites and share '{min(both)}'")
    return language, words, content.get("partial") is not True


def _providers(directory: Path) -> ProviderIndex:
    found: dict[str, Provider] = {}
    for file in sorted((directory / "providers").glob("*.yaml")):
        content = read_yaml(file)
        if not isinstance(content, list):
            raise EgovError(f"{_short(file)}: a list of providers is expected")
        for number, entry in enumerate(content, 1):
            name = entry.get("id", f"entry {number}") if isinstance(entry, dict) else f"entry {number}"
            text = _validated(ProviderText, entry, f"{_short(file)}: {name}")
            if text.id in found:
                raise EgovError(f"{_short(file)}: {text.id}: defined twice")
            for mark in text.marks:
                if broken := broken_selector(mark):
                    raise EgovError(f"{_short(file)}: {text.id}: marks: {broken}")
            found[text.id] = Provider(**text.model_dump())
    return ProviderIndex(found.values())


def _features(file: Path, concepts: Mapping[str, Any]) -> list[Feature]:
    content = read_yaml(file)
    if not isinstance(content, list):
        raise EgovError(f"{_short(file)}: a list of features is expected")
    found = []
    for number, entry in enumerate(content, 1):
        name = entry.get("id", f"entry {number}") if isinstance(entry, dict) else f"entry {number}"
        text = _validated(FeatureText, entry, f"{_short(file)}: {name}")
        if (text.detect.any or text.detect.all) and text.examples is None:
            raise EgovError(f"{_short(file)}: {name}: examples are missing; they are the tests of its detectors")
        found.append(_feature(text, file, concepts))
    return found


def _feature(text: FeatureText, file: Path, concepts: Mapping[str, Any]) -> Feature:
    place = f"{_short(file)}: {text.id}"
    if text.applies_to and (broken := broken_selector(text.applies_to)):
        raise EgovError(f"{place}: applies_to: {broken}")
    detect: Detection = text.detect
    any_, all_, none = (
        tuple(_rule(name, options, place, concepts) for entry in part for name, options in entry.items())
        for part in (detect.any, detect.all, detect.none)
    )
    return Feature(text.id, file.stem, text, any_, all_, none, text.on == "home", text.applies_to)


def _rule(name: str, options: dict[str, Any], place: str, concepts: Mapping[str, Any]) -> Rule:
    if name not in DETECTORS:
        raise EgovError(f"{place}: no detector '{name}'; there are {', '.join(sorted(DETECTORS))}")
    checked = _validated(option_model(name), options, f"{place}: {name}").model_dump(exclude_unset=True)
    for concept in concepts_in(name, checked):
        if concept not in concepts:
            raise EgovError(f"{place}: {name}: no concept '{concept}' in concepts.yaml")
    if broken := broken_option(name, checked):
        raise EgovError(f"{place}: {name}: {broken}")
    label = checked.get("terms") or checked.get("selector") or ""
    return Rule(f"{name}:{label}" if label else name, DETECTORS[name], checked, needed_by(name, checked))


def _model(file: Path) -> Model:
    model: Model = _validated(Model, read_yaml(file), _short(file))
    return model


def _validated(model: Any, value: object, place: str) -> Any:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "entry"
        raise EgovError(f"{place}: {key}: {first['msg']}, given {str(first['input'])[:80]!r}") from None
