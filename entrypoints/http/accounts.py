"""Registering, signing in and out, one's own account and devices."""

from typing import Any

from flask import Response, jsonify, request
from flask_openapi.blueprint import APIBlueprint

from chat_domain.model.identifiers import SessionId
from chat_domain.model.users import User
from chat_domain.model.values import DisplayName
from chat_domain.services.accounts import PasswordChange
from chat_domain.services.sessions import TokenPair
from entrypoints.http import replies
from entrypoints.http.identity import actor, device, require_own_page, services, trust
from entrypoints.http.openapi import described
from entrypoints.wire import requests
from entrypoints.wire.rendering import time_text
from entrypoints.wire.views import Views


def public_accounts(views: Views) -> APIBlueprint:
    """What works without being signed in."""
    api = described("accounts", tag="Accounts", prefix="/api")

    @api.post("/register", responses={201: replies.Registered})
    def register(body: requests.Register) -> tuple[dict[str, Any], int]:
        """Make an account"""
        user = services().accounts.register(
            username=body.username,
            password=body.password,
            email=body.email,
            name=body.name or DisplayName(""),
            invitation=body.invite,
            address=device().address,
        )
        return {"message": "Welcome! Your account is made.", "user": views.me(user)}, 201

    @api.post("/login", responses={200: replies.SignedIn})
    def login(body: requests.LogIn) -> Response:
        """Sign in with a username or an email address"""
        if body.cookie:
            return _log_in_browser(body, views)
        user, tokens = services().sessions.log_in(body.login, body.password, device=device())
        return jsonify(_signed_in(user, tokens, views))

    @api.post("/token", responses={200: replies.Refreshed})
    def token(body: requests.Refresh) -> dict[str, Any]:
        """Exchange a refresh token, which works once, for a new pair"""
        user, tokens = services().sessions.refresh(body.refresh_token, device=device())
        return _signed_in(user, tokens, views)

    return api


def own_account(views: Views) -> APIBlueprint:
    """One's own account."""
    api = described("me", tag="My account", prefix="/api", signed_in=True)

    @api.post("/logout", responses={200: replies.Told})
    def logout() -> Response:
        """End this session, on its open sockets too"""
        services().sessions.log_out(actor())
        response = jsonify({"message": "You are signed out."})
        if actor().by_cookie:
            _set_cookie(response, "", max_age=0)
        return response

    @api.get("/me", responses={200: replies.Me})
    def me() -> dict[str, Any]:
        """See one's own account"""
        return _me(services().accounts.me(actor().user_id), views)

    @api.patch("/me", responses={200: replies.Me})
    def change_me(body: requests.ChangeMe) -> dict[str, Any]:
        """Change one's name, address or password; a new password ends all sessions"""
        password = PasswordChange(body.current_password or "", body.password) if body.password else None
        user = services().accounts.change(
            actor().user_id, name=body.name, email=body.email, forget_email=body.forgets_email, password=password
        )
        return _me(user, views)

    @api.get("/sessions", responses={200: replies.Sessions})
    def sessions(query: requests.Sessions) -> dict[str, Any]:
        """List the devices that are signed in, the newest first"""
        before = SessionId(query.cursor) if query.cursor else None
        page = services().sessions.devices(actor(), before=before, limit=query.limit)
        shown = [views.session(each, current=actor().session_id) for each in page.items]
        return {"sessions": shown, "next": str(page.items[-1].id) if page.more else None}

    @api.delete("/sessions/<int:session_id>", responses={200: replies.Told})
    def revoke(path: requests.SessionPath) -> dict[str, Any]:
        """Sign a device out"""
        services().sessions.revoke(actor(), SessionId(path.session_id))
        return {"message": "The device is signed out."}

    return api


def _me(user: User, views: Views) -> dict[str, Any]:
    return {"user": views.me(user), "epoch": services().reading.epoch()}


def _signed_in(user: User, tokens: TokenPair, views: Views) -> dict[str, Any]:
    return {
        "token": tokens.access,
        "refresh_token": tokens.refresh,
        "expires_at": time_text(tokens.expires_at),
        "user": views.me(user),
    }


def _log_in_browser(body: requests.LogIn, views: Views) -> Response:
    require_own_page()
    user, cookie, expires_at = services().sessions.log_in_browser(body.login, body.password, device=device())
    response = jsonify({"expires_at": time_text(expires_at), "user": views.me(user)})
    # The server ends an unused session long before; the browser is told to keep the cookie while it is used.
    _set_cookie(response, cookie, max_age=400 * 24 * 3600)
    return response


def _set_cookie(response: Response, value: str, *, max_age: int) -> None:
    secure = trust().is_secure(request.environ)
    response.set_cookie(
        trust().cookie_name(request.environ),
        value,
        max_age=max_age,
        httponly=True,
        secure=secure,
        samesite="Lax",
        path="/",
    )
