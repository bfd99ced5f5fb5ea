"""The orders of boards, one module each. Every board exists completely in each order.

Follows, rank history and closed windows use the order by points. A new order's boards are detected by their size and
built within a minute. A retired order's key is never reused; `board:<key>/*` may be deleted from Redis.
"""

from apps.leaderboards.kinds.order import Order
from apps.leaderboards.kinds.points import POINTS

ORDERS: dict[str, Order] = {order.key: order for order in (POINTS,)}
