"""Whether the server lives, and whether it can work."""

from typing import Any

from flask_openapi.blueprint import APIBlueprint

from entrypoints.http import replies
from entrypoints.http.identity import services
from entrypoints.http.openapi import described


def health() -> APIBlueprint:
    """For process managers and load balancers."""
    api = described("health", tag="Health")

    @api.get("/healthz", responses={200: replies.Health})
    def healthz() -> dict[str, Any]:
        """Tell that the server lives"""
        return {"status": "ok"}

    @api.get("/readyz", responses={200: replies.Health})
    def readyz() -> dict[str, Any]:
        """Tell whether storage and the bus between processes answer"""
        services().storage.check()
        services().broadcaster.check()
        return {"status": "ok"}

    return api
