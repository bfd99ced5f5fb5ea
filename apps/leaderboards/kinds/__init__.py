"""The orders of boards, one file each. Every board is written and kept whole in each of them.

What is followed, charted and kept of closed windows is the order by points. A new order's boards are noticed by their
size and built within a minute. A retired one's key is never reused; `board:<key>/*` may be deleted from Redis.
"""

from apps.leaderboards.kinds.order import Order
from apps.leaderboards.kinds.points import POINTS

ORDERS: dict[str, Order] = {order.key: order for order in (POINTS,)}
