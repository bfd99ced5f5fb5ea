curl "{{ api }}/games/$GAME_SLUG" \
  -H "Authorization: Bearer $LAUREL_KEY"
