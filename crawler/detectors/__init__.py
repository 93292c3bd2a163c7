"""The detectors by the name that the rubric gives them.

A detector is a function of a `View` and keyword-only options; it yields a `Hit` for each place
that gives evidence, in document order. Its options are checked against its signature on loading.
"""

from collections.abc import Callable, Iterator

from crawler.detectors import accessibility, catalogue, facts, forms, html, languages, services, structured
from crawler.detectors.view import Hit

DETECTORS: dict[str, Callable[..., Iterator[Hit]]] = {
    "address": html.address,
    "alt_text": accessibility.alt_text,
    "amount": facts.amount,
    "application": forms.application,
    "button": html.button,
    "choices": forms.choices,
    "control": html.control,
    "css": html.css,
    "dataset_list": catalogue.dataset_list,
    "dated_news": facts.dated_news,
    "email": facts.email,
    "feed": structured.feed,
    "field": forms.field,
    "file_link": html.file_link,
    "form": forms.form,
    "heading": html.heading,
    "link": html.link,
    "list_of_links": html.list_of_links,
    "media": html.media,
    "other_language": languages.other_language,
    "page_language": accessibility.page_language,
    "password": forms.password,
    "platform": catalogue.platform,
    "profile": html.profile,
    "script": html.script,
    "search_form": forms.search_form,
    "service": services.service,
    "skip_link": accessibility.skip_link,
    "start": services.start,
    "start_button": services.start_button,
    "structured": structured.structured,
    "telephone": facts.telephone,
    "text": html.text,
    "topic": html.topic,
}
