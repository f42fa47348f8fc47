from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from innovation_week import files, health, notices

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("robots.txt", files.robots, name="robots"),
    re_path(r"^media/(?P<path>portraits/[0-9a-f]{32}\.jpg)$", files.portrait, name="portrait"),
]
# French addresses have no prefix; the same in English are under /en/.
urlpatterns += i18n_patterns(
    path("admin/apercu/", include("publishing.urls", namespace="preview")),
    path("admin/", admin.site.urls),
    path("accessibilite/", notices.accessibility, name="accessibility"),
    path("mentions-legales/", notices.legal, name="legal"),
    path("donnees-personnelles/", notices.privacy, name="privacy"),
    path("", include("planning.urls")),
    path("", include("registrations.urls")),
    path("", include("exports.urls")),
    path("", include("publishing.urls")),
    prefix_default_language=False,
)

handler400 = "innovation_week.errors.bad_request"
handler403 = "innovation_week.errors.permission_denied"
handler404 = "innovation_week.errors.page_not_found"
handler500 = "innovation_week.errors.server_error"
