#!/bin/sh
# Reports an unlock and tries again when Laurel says so. Exits with 0 once it is recorded.
for attempt in 1 2 3 4 5; do
  status=$(curl --silent --max-time 10 --output answer.json --write-out "%{http_code}" \
    -X POST {{ api }}/achievements/unlock \
    -H "Authorization: Bearer $LAUREL_KEY" \
    -H "Content-Type: application/json" \
    -d '{"player_id": "'$PLAYER_ID'", "achievement_id": "ACH_FIRST_LIGHT"}')
  cat answer.json
  case "$status" in
    2*) exit 0 ;;
    000 | 408 | 429 | 503) sleep "$attempt" ;;
    *) exit 1 ;;
  esac
done
exit 1
