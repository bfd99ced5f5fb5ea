"""Settings of REST framework and the API's description; imported by settings.py."""

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["apps.core.api.wire.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.wire.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.games.auth.authentication.CallerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "apps.core.api.openapi.operations.Schema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.core.api.wire.negotiation.JSONOnly",
    "EXCEPTION_HANDLER": "apps.core.http.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Laurel",
    "DESCRIPTION": "Achievements for video games: report what players earn, read boards, profiles and progress.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AchievementKindEnum": "apps.games.models.AchievementKind.values",
        "KeyKindEnum": "apps.games.models.KeyKind.values",
        "AchievementStateEnum": "apps.games.models.AchievementState.values",
        "SetKindEnum": "apps.games.models.SetKind.values",
        "SetterEnum": "apps.games.models.Setter.values",
        "NotificationKindEnum": "apps.notifications.kinds.NAMES",
        "RoleEnum": "apps.games.models.Role.values",
        "WebhookEventTypeEnum": "apps.webhooks.event_types.CHOICES",
        "WebhookMessageTypeEnum": "apps.webhooks.event_types.NAMES",
        "WebhookStateEnum": "apps.webhooks.models.EndpointState.values",
        "DeliveryStateEnum": "apps.webhooks.models.DeliveryState.values",
        "RevocationStateEnum": "apps.unlocks.models.RevocationState.values",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.web.examples.making.illustrate",
    ],
    "PATH_CONVERTER_OVERRIDES": {
        "id": {"type": "string", "format": "uuid"},
        "count": {"type": "integer"},
        "anything": {"type": "string"},
        "ref": {"type": "string", "description": "The achievement's id, or its key such as ACH_FIRST_LIGHT."},
        "game_ref": {"type": "string", "description": "The game's id or slug."},
        "player_ref": {"type": "string", "description": "The player's id, or `me`."},
    },
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "ApiKey": {"type": "http", "scheme": "bearer", "description": "A game's key, lk_live_... or lk_test_..."},
            "PublishableKey": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key that is shipped inside a game, lk_pub_...",
            },
            "PlayerToken": {"type": "http", "scheme": "bearer", "description": "A player's token, lp_..."},
            "Session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "A browser's log-in."},
        }
    },
}
