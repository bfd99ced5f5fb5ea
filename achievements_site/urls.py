"""Routes of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from apps.analytics import urls as analytics
from apps.core.http.routing import IndexedResolver
from apps.core.operations import urls as operations
from apps.games import urls as games
from apps.leaderboards import urls as leaderboards
from apps.notifications import urls as notifications
from apps.players import urls as players
from apps.unlocks import urls as unlocks
from apps.web.auth import throttles
from apps.web.views.account import log_out, sign_up
from apps.webhooks import urls as webhooks

# One log-in, with one throttle: the admin uses that of every page.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
throttles.install()

# In one list each, so that a path is looked up once.
api: list[URLPattern | URLResolver] = [
    *players.urlpatterns,
    *games.urlpatterns,
    *unlocks.urlpatterns,
    *leaderboards.urlpatterns,
    *notifications.urlpatterns,
    *webhooks.urlpatterns,
    *analytics.urlpatterns,
]
site: list[URLPattern | URLResolver] = [
    *operations.urlpatterns,
    IndexedResolver.of(path("api/v1/", include((api, "api")))),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("accounts/signup/", sign_up),
    path("accounts/logout/", log_out),
    path("accounts/", include("allauth.account.urls")),
    path("portal/", include("apps.portal.urls")),
    IndexedResolver.of(path("", include("apps.web.urls"))),
]

urlpatterns = [IndexedResolver.of(path("", include(site)))]

handler400 = "apps.web.views.errors.bad_request"
handler403 = "apps.web.views.errors.forbidden"
handler404 = "apps.web.views.errors.not_found"
# Called by allauth, as Django calls the others.
handler429 = "apps.web.views.errors.too_many_requests"
handler500 = "apps.web.views.errors.server_error"
