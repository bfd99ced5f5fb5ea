"""Live sockets: plain ASGI applications behind Channels' router.

Measured with 3,000 idle sockets in one uvicorn: 22 KB each for an application that only receives, 35 KB for a Channels
consumer in a group of its pub/sub layer; NUMBERS for ours.
"""
