curl -X POST {{ api }}/achievements/unlock \
  -H "Authorization: Bearer $LAUREL_KEY" \
  -H "Content-Type: application/json" \
  -d '{"player_id": "'$PLAYER_ID'", "achievement_id": "ACH_FIRST_LIGHT"}'
