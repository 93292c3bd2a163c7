"""What people write in the rubric's files, validated on loading."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_origin

import re2
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.detectors import DETECTORS
from crawler.detectors.view import Hit, View
from crawler.page.patterns import compiled


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Example(_Strict):
    """A page or fragment with the circumstances that matter for it."""

    html: str
    lang: str = "en"
    country: str = "GBR"
    captured_at: str = ""
    headers: dict[str, str] = {}
    url: str = "https://portal.gov.example/"


def _as_example(value: object) -> object:
    return {"html": value} if isinstance(value, str) else value


OneExample = Annotated[Example, BeforeValidator(_as_example)]


class Examples(_Strict):
    """Pages that must and must not give evidence: the tests of a feature."""

    present: tuple[OneExample, ...] = Field(min_length=1)
    not_found: tuple[OneExample, ...] = Field(min_length=1)


class Detection(_Strict):
    """`any` of the rules must fire (a plain list means this), `all` of them, and `none`."""

    any: tuple[dict[str, dict[str, Any]], ...] = ()
    all: tuple[dict[str, dict[str, Any]], ...] = ()
    none: tuple[dict[str, dict[str, Any]], ...] = ()


def _as_detection(value: object) -> object:
    return {"any": value} if isinstance(value, list) else value


class FeatureText(_Strict):
    """One feature as written in `rubrics/features/*.yaml`.

    `settled_by`: one page with evidence is enough (any), most pages must have it (most), four of the six sectors
    must occur among the evidence (sectors), or one scheme on at least two hosts (shared). `start_from`: features
    whose pages a person looks at first, where only people can tell. `awaits`: what has to be built before the
    machine can look; until then the feature is untested.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    question: str
    counts: str
    does_not_count: str
    source: str
    theme: str
    since: str
    stage_2012: Literal["emerging", "enhanced", "transactional", "connected"] | None = None
    epi_level: Literal["information", "consultation", "decision-making"] | None = None
    un2024: Literal["IF", "SP", "CP", "TEC", "EPI"] | None = None
    west: bool = False
    core: bool = False
    kind: Literal["auto", "assist", "human"]
    on: Literal["any", "home"] = "any"
    applies_to: str = ""
    level: Literal["page", "portal", "country"] = "page"
    settled_by: Literal["any", "most", "sectors", "shared"] = "any"
    start_from: tuple[str, ...] = ()
    awaits: str = ""
    when_missing: Literal["not_found", "absent"] = "not_found"
    detect: Annotated[Detection, BeforeValidator(_as_detection)] = Detection()
    examples: Examples | None = None


class ProviderText(_Strict):
    """A provider as written in `rubrics/providers/*.yaml`; see `crawler.page.providers.Provider`."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str
    kind: Literal[
        "eid", "payment", "participation", "data-portal", "chatbot", "livechat", "captcha", "overlay", "advertising",
        "comments", "readaloud",
    ]  # fmt: skip
    countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], ...] = ()
    hosts: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")], ...] = ()
    scripts: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    api: str = ""


class Group(_Strict):
    """A weighted group of a model: the features whose `attribute` has one of the `values`."""

    id: str
    title: str
    weight: float = Field(ge=0)
    values: tuple[str, ...]


class Model(_Strict):
    """A weighting of features: `rubrics/models/*.yaml`."""

    id: str
    title: str
    source: str
    certainty: Literal["V", "N", "M", "?"]
    group_by: Literal["subindex", "stage_2012", "epi_level", "un2024"]
    groups: tuple[Group, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A detector with its options, ready to run. `name` goes into the evidence.

    `needs`: what the page must hold for the rule to fire (`View.inventory`), "" where that cannot be told.
    """

    name: str
    detector: Callable[..., Iterator[Hit]]
    options: Mapping[str, Any]
    needs: str = ""

    def hits(self, view: View) -> Iterator[Hit]:
        """The places where the page gives evidence."""
        if self.needs and self.needs not in view.inventory:
            return iter(())
        return self.detector(view, **self.options)


@dataclass(frozen=True)
class Feature:
    """One feature with its sub-index and its compiled rules."""

    id: str
    subindex: str
    text: FeatureText
    any: tuple[Rule, ...]
    all: tuple[Rule, ...]
    none: tuple[Rule, ...]
    home_only: bool = False
    applies_to: str = ""

    @cached_property
    def has_detectors(self) -> bool:
        return bool(self.any or self.all)

    @cached_property
    def needs(self) -> frozenset[str]:
        """Of what the page must hold one for the feature to be found (`View.inventory`); () where that cannot be told."""
        rules = self.all or self.any
        return frozenset(rule.needs for rule in rules) if all(rule.needs for rule in rules) else frozenset()

    def concepts(self) -> frozenset[str]:
        """Concepts without whose words the feature cannot be found by words."""
        named = [rule.options.get("terms") or () for rule in (*self.any, *self.all)]
        return frozenset(one for terms in named for one in ([terms] if isinstance(terms, str) else terms))


def option_model(name: str) -> type[BaseModel]:
    """The options of a detector as a pydantic model, made from its keyword-only parameters."""
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(DETECTORS[name]).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            fields[parameter.name] = (parameter.annotation, default)
    return create_model(f"{name}_options", __config__=ConfigDict(extra="forbid"), **fields)


def concepts_in(name: str, options: Mapping[str, Any]) -> Iterator[str]:
    """The concepts that the options of a detector name."""
    for key, parameter in inspect.signature(DETECTORS[name]).parameters.items():
        kind = _kind(parameter.annotation)
        if kind == "concept" and options.get(key):
            yield options[key]
        elif kind == "concepts":
            yield from options.get(key, ())


def broken_option(name: str, options: Mapping[str, Any]) -> str:
    """What is wrong with a regular expression or selector among the options, or ""."""
    for key, parameter in inspect.signature(DETECTORS[name]).parameters.items():
        kind = _kind(parameter.annotation)
        try:
            if kind == "pattern":
                compiled(options.get(key, ""))
            elif kind == "selector" and (broken := broken_selector(options.get(key, ""))):
                return f"{key}: {broken}"
        except re2.error as error:
            said = error.args[0] if error.args else error
            return f"{key}: {said.decode() if isinstance(said, bytes) else said}"
    return ""


def broken_selector(selector: str) -> str:
    """What is wrong with a CSS selector, or ""."""
    try:
        LexborHTMLParser("<html></html>").css(selector or "*")
    except SelectolaxError as error:
        return str(error)
    return ""


def _kind(annotation: object) -> str:
    return str(get_args(annotation)[1]) if get_origin(annotation) is Annotated else ""
