"""The Flask app: who reviews, which country, which finding; one POST per answer."""

import secrets
from pathlib import Path

from flask import Flask, Response, g
from flask_wtf.csrf import CSRFProtect

from crawler.items import EgovError
from crawler.review.pages import review_pages
from crawler.rubric import Rubric
from crawler.storage import SurveyDatabase

SECRET = "review.key"
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; frame-src 'self';"
    " base-uri 'none'; frame-ancestors 'self'; connect-src 'self'"
)


def create_app(out: Path, rubric: Rubric) -> Flask:
    """The app over the survey in `out`. Raises EgovError where there is none."""
    SurveyDatabase(out, create=False).close()
    app = Flask("crawler.review", static_folder=None)
    app.config.update(
        SECRET_KEY=_secret(out / SECRET),
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=64 * 1024,
        OUT=out,
        RUBRIC=rubric,
    )
    CSRFProtect(app)
    app.register_blueprint(review_pages)
    app.after_request(_protected)
    app.teardown_appcontext(_close)
    app.register_error_handler(
        EgovError, lambda error: (str(error), 404, {"Content-Type": "text/plain; charset=utf-8"})
    )
    return app


def _protected(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _close(_: BaseException | None) -> None:
    survey: SurveyDatabase | None = g.pop("survey", None)
    if survey is not None:
        survey.close()


def _secret(path: Path) -> str:
    """The key that signs sessions, kept beside the survey so that a restart logs nobody out."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), "ascii")
    return path.read_text("ascii")
