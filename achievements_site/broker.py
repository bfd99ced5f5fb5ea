"""Celery's transport over Redis, mended: a connection that was closed already is a lost connection, not a crash."""

from kombu.transport import redis


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, object]:
        # After a lost connection Celery closes it twice. The second time a channel with messages in hand asked a
        # transport that had forgotten its address for `hostname`, which no caller expects: the worker ended.
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("The connection to the broker is closed.")
        parameters: dict[str, object] = super()._connparams(asynchronous)  # type: ignore[no-untyped-call]
        return parameters

    def _brpop_read(self, **options: object) -> object:
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except self.ResponseError as error:
            # Such as MISCONF, when its disk is full: it is there and can't serve, which passes as an absence does.
            raise ConnectionError(str(error)) from error


class Transport(redis.Transport):
    Channel = Channel
