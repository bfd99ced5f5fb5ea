"""What of analytics is cut by month, and how long it is kept."""

from apps.core.database.partitions import monthly_table

# The year that answers may span, and the month that it began in.
PLAYER_STATISTICS = monthly_table("player_statistics", months_kept=12)
