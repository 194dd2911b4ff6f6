"""JSON in and out of HTTP: strict when reading, and the same parser as for sockets."""
# ruff: noqa: ANN401, ARG002 - the signatures are Flask's

import math
from typing import Any

import orjson
from flask import Request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType


class OrjsonProvider(JSONProvider):
    """orjson refuses what is not JSON: NaN, lone surrogates, and nesting so deep that it is an attack."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)


class JsonRequest(Request):
    """A request whose body is one JSON object, or refused."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body; raises BadRequest or UnsupportedMediaType, also where the caller would rather not know."""
        if not self.is_json:
            raise UnsupportedMediaType("Send JSON: Content-Type: application/json.")
        data = self.get_data(cache=cache)
        if self.content_length is None and len(data) >= (self.max_content_length or math.inf):
            raise RequestEntityTooLarge  # a chunked body is cut off there without a word
        try:
            body = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise BadRequest("The body is not valid JSON.") from error
        if not isinstance(body, dict):
            raise BadRequest("The body must be a JSON object.")
        return body
