"""Untrusted data to request models, with every bad field named at once."""

from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from chat_domain.model.errors import FieldError, Invalid


class Request(BaseModel):
    """Base of all requests: unknown fields are refused, so that nothing can be assigned by surprise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's own
        """The JSON schema. The plain one is kept: flask-openapi asks for it at each request that has a query."""
        return super().model_json_schema(*args, **options) if args or options else cls._plain_schema()

    @classmethod
    @cache
    def _plain_schema(cls) -> dict[str, Any]:
        return super().model_json_schema()


Model = TypeVar("Model", bound=Request)


class InvalidRequest(Invalid):
    """A request with one or more bad fields."""

    detail = "The request has fields that are not valid."

    def __init__(self, fields: tuple[FieldError, ...]) -> None:
        super().__init__(fields[0].detail if len(fields) == 1 else None)
        self._fields = fields

    @property
    def fields(self) -> tuple[FieldError, ...]:
        return self._fields


def parse(model: type[Model], data: object) -> Model:
    """The request that `data` is; raises InvalidRequest."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise refusal(error) from None


def refusal(error: ValidationError) -> InvalidRequest:
    """What was wrong, in the product's words, without a word of what was sent."""
    return InvalidRequest(tuple(_field_error(dict(item)) for item in error.errors(include_url=False)))


def _field_error(item: dict[str, object]) -> FieldError:
    place = item["loc"]
    field = ".".join(str(part) for part in place) if isinstance(place, tuple) else ""
    context = item.get("ctx")
    cause = context.get("error") if isinstance(context, dict) else None
    if isinstance(cause, Invalid):
        return FieldError(field or cause.field or "", cause.reason, cause.message)
    return FieldError(field, str(item["type"]), f"{item['msg']}.")
