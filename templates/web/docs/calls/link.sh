curl -X POST {{ api }}/players/$PLAYER_ID/link-codes \
  -H "Authorization: Bearer $LAUREL_KEY"
