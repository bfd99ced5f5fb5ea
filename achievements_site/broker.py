"""Celery's Redis transport with a fix: closing a connection twice counts as a lost connection instead of a crash."""

from kombu.transport import redis


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, object]:
        # After losing a connection Celery closes it twice. The second time, a channel with unacknowledged messages
        # looked up `hostname` on a transport that had dropped it, an error that no caller expects: the worker exited.
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("The connection to the broker is closed.")
        parameters: dict[str, object] = super()._connparams(asynchronous)  # type: ignore[no-untyped-call]
        return parameters

    def _brpop_read(self, **options: object) -> object:
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except self.ResponseError as error:
            # Such as MISCONF, when its disk is full: it is up but can't serve, which is handled as an outage.
            raise ConnectionError(str(error)) from error


class Transport(redis.Transport):
    Channel = Channel
