curl -X POST {{ api }}/players/$PLAYER_ID/socket-ticket \
  -H "Authorization: Bearer $LAUREL_KEY"
