curl -X POST {{ api }}/players/$PLAYER_ID/tokens \
  -H "Authorization: Bearer $LAUREL_KEY"
