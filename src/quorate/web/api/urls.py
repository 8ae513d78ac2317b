"""/api/: public, no authentication, no cookies; its description at /api/docs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

api = NinjaAPI(title="Quorate", version="1", docs_url="/docs", urls_namespace="api")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
]
