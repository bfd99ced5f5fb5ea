curl "{{ api }}/games/$GAME_ID/achievements?player_id=$PLAYER_ID" \
  -H "Authorization: Bearer $LAUREL_KEY"
