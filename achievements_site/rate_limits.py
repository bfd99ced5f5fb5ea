"""The rate limits: how often who may do what. Imported by settings.py.

Those with an environment variable are an operator's choice, 0 for no limit. Which one a call of the API counts against
is in apps/core/api/auth/throttles.py.
"""

import environ

env = environ.Env()

# Calls of the API a minute.
RATE_LIMITS = {
    # Of each secret key: of a game's servers.
    "key": env.int("RATE_LIMIT_KEY", default=600_000),
    # Of each address that uses a publishable key: a game's whole audience has the same one.
    "publishable": env.int("RATE_LIMIT_PUBLISHABLE", default=1_200),
    # Of each player by tokens.
    "token": env.int("RATE_LIMIT_TOKEN", default=1_200),
    # Of each account by log-ins.
    "session": env.int("RATE_LIMIT_SESSION", default=1_200),
    # Of each address without credentials.
    "anonymous": env.int("RATE_LIMIT_ANONYMOUS", default=1_200),
    # Of each of these, where values could be guessed, such as link codes.
    "secret": env.int("RATE_LIMIT_SECRET", default=10),
}
# New guests an hour.
GUEST_LIMITS = {
    # From each address; of IPv6, each network of a customer.
    "address": env.int("GUEST_LIMIT_ADDRESS", default=60),
    # Of each game.
    "game": env.int("GUEST_LIMIT_GAME", default=5_000),
}
# Wrong guesses of a password, in allauth's words: five in five minutes from one address for an account, and a hundred
# an hour from all together; a device that its owner has used has a limit of its own.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_anywhere": "100/h/key",
    "login_failed_on_known_device": "5/5m/key",
}
