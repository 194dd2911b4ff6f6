"""The OpenAPI description, and a page that shows it without a network."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, render_template_string
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.openapi import OpenAPI
from pydantic import TypeAdapter

from entrypoints.http.identity import identify
from entrypoints.wire.problems import MEDIA_TYPE, ProblemBody

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_ALWAYS: Final = {"422": "Fields that are not valid", "429": "Too often", "503": "The server cannot do this now"}
_WITH_BODY: Final = {"400": "Not JSON", "413": "Too large", "415": "Not sent as JSON", "409": "Contradicts what is so"}
_SIGNED_IN: Final = {"401": "Not signed in", "403": "Not allowed"}
_WITH_PATH: Final = {"404": "Does not exist, or is not for you"}
_ASSETS: Final = Path(str(files("flask_openapi_swagger"))) / "templates" / "swagger"
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley API</title>
<link rel="icon" href="/api/docs/assets/images/swagger.svg">
<link rel="stylesheet" href="/api/docs/assets/css/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/api/docs/assets/js/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
"""
# Without a null there, the page would ask a validator on the internet for its opinion.
_START: Final = """SwaggerUIBundle({
  url: "/api/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null
});
"""


class DescribedApp(OpenAPI):
    """A Flask application that describes itself, its errors included."""

    def generate_spec_json(self) -> None:
        """Describe the errors that every operation can answer as problem objects."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]  # the library's
        schemas = self.spec_json["components"]["schemas"]
        schemas.pop("ValidationErrorModel", None)
        schemas.pop("UnprocessableEntity", None)
        schemas.update(_problem_schemas())
        for path, item in self.spec_json["paths"].items():
            for method in _METHODS:
                if method in item:
                    _describe_errors(path, item[method])


def described(name: str, *, tag: str, prefix: str = "", signed_in: bool = False) -> APIBlueprint:
    """Routes under one heading of the description. `signed_in`: who calls comes first."""
    api = APIBlueprint(
        name,
        __name__,
        url_prefix=prefix or None,
        abp_tags=[{"name": tag}],
        abp_security=[{"bearer": []}, {"cookie": []}] if signed_in else None,
        operation_id_callback=_function_name,
    )
    if signed_in:
        api.before_request(identify)
    return api


def _function_name(*, name: str, **_: str) -> str:
    return name


def _problem_schemas() -> dict[str, Any]:
    schema = TypeAdapter(ProblemBody).json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "Problem": schema}


def _describe_errors(path: str, operation: dict[str, Any]) -> None:
    errors = dict(_ALWAYS)
    if "requestBody" in operation:
        errors |= _WITH_BODY
    if operation.get("security") or path in ("/api/register", "/api/login", "/api/token"):
        errors |= _SIGNED_IN
    if "{" in path:
        errors |= _WITH_PATH | {"409": _WITH_BODY["409"]}
    for status, description in errors.items():
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        operation["responses"][status] = {"description": description, "content": content}


def docs() -> Blueprint:
    """`/api/openapi.json` and `/api/docs`."""
    pages = Blueprint("docs", __name__, url_prefix="/api/docs", static_folder=str(_ASSETS), static_url_path="/assets")

    @pages.get("", strict_slashes=False)
    def page() -> str:
        return render_template_string(_PAGE)

    @pages.get("/start.js")
    def start() -> Response:
        return Response(_START, mimetype="text/javascript")

    return pages
