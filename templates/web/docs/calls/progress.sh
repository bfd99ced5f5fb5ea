curl -X POST {{ api }}/achievements/progress \
  -H "Authorization: Bearer $LAUREL_KEY" \
  -H "Content-Type: application/json" \
  -d '{"player_id": "'$PLAYER_ID'", "achievement_id": "ACH_LAMPLIGHTER",
       "verb": "increment", "steps": 5, "request_id": "match-1093-lamps"}'
