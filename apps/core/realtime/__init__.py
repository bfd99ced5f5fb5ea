"""Live sockets: plain ASGI applications behind Channels' router.

Measured with 9,000 idle sockets in one uvicorn: 28 KB each (22 KB for an application that only receives, 35 KB for an
empty Channels consumer in a group of its pub/sub layer).
"""
