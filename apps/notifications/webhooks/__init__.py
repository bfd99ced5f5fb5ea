"""Webhooks after the Standard Webhooks specification: what is told, to whom, how it is sent and what becomes of it."""
