"""Routes of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from apps.web.auth import throttles
from apps.web.views.account import log_out, sign_up

# One log-in, with one throttle: the admin uses that of every page.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
throttles.install()

api = [
    path("", include("apps.players.urls")),
    path("", include("apps.games.urls")),
    path("", include("apps.unlocks.urls")),
    path("", include("apps.leaderboards.urls")),
    path("", include("apps.notifications.urls")),
    path("", include("apps.webhooks.urls")),
    path("", include("apps.analytics.urls")),
]

urlpatterns = [
    path("", include("apps.core.operations.urls")),
    path("api/v1/", include((api, "api"))),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("accounts/signup/", sign_up),
    path("accounts/logout/", log_out),
    path("accounts/", include("allauth.account.urls")),
    path("portal/", include("apps.portal.urls")),
    path("", include("apps.web.urls")),
]

handler400 = "apps.web.views.errors.bad_request"
handler403 = "apps.web.views.errors.forbidden"
handler404 = "apps.web.views.errors.not_found"
# Called by allauth, as Django calls the others.
handler429 = "apps.web.views.errors.too_many_requests"
handler500 = "apps.web.views.errors.server_error"
