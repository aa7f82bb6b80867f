"""The pages of the portal. `furnish` gives an application all that they need; `pages.visit` says what they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from vitrina.hub.pages.visit import Portal

__all__ = ["content_security_policy", "furnish", "router"]


def furnish(application: FastAPI, portal: Portal) -> None:
    """Puts the portal at `app.state.vitrina`, the renderer at `app.state.vitrina_pages`, and includes the routes.

    Call it after all other routes: names of owners and projects take every path that is left.
    """
    from vitrina.hub.pages.assets import Assets
    from vitrina.hub.pages.render import Renderer

    application.state.vitrina = portal
    application.state.vitrina_pages = Renderer.of(Assets(portal.cache))
    application.include_router(router())


def router() -> APIRouter:
    """All routes, those with fixed words before those that any name could take."""
    from fastapi import APIRouter

    from vitrina.hub import reserved
    from vitrina.hub.pages import (
        app,
        collection,
        demos,
        feedback,
        keys,
        lists,
        log,
        project,
        projects,
        raw,
        report,
        run,
        runs,
        search,
        spec,
        static,
        use,
    )

    every = APIRouter()
    for page in (
        static,
        raw,
        spec,
        keys,
        search,
        projects,
        reserved,
        runs,
        run,
        app,
        log,
        use,
        collection,
        demos,
        feedback,
        report,
        lists,
        project,
    ):
        every.include_router(page.router)
    return every


def content_security_policy(apps_origins: str) -> str:
    """The policy of every page: nothing inline, nothing from elsewhere but the frames of apps, whose sources are given
    (`http://*.localhost:8401`). A page may be framed by the portal only: a refused app explains itself in its frame."""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "frame-src": f"'self' {apps_origins}",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())
