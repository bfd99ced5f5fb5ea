"""Monthly partitions of analytics, and their retention."""

from apps.core.database.partitions import monthly_table

# The year that queries may span, and the month it began in.
PLAYER_STATISTICS = monthly_table("player_statistics", retention_months=12)
