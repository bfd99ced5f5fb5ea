curl "{{ api }}/players/me/notifications?order=oldest&since=41" \
  -H "Authorization: Bearer $LAUREL_PLAYER_TOKEN"
