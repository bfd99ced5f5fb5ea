curl -X POST {{ api }}/achievements/progress/batch \
  -H "Authorization: Bearer $LAUREL_KEY" \
  -H "Content-Type: application/json" \
  -d '{"reports": [
       {"player_id": "'$PLAYER_ID'", "achievement_id": "ACH_FIRST_LIGHT", "verb": "unlock"},
       {"player_id": "'$PLAYER_ID'", "achievement_id": "ACH_LAMPLIGHTER", "verb": "set_at_least", "steps": 20}]}'
