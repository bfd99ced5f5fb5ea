curl -N {{ api }}/players/me/notifications/stream?since=41 \
  -H "Authorization: Bearer $LAUREL_PLAYER_TOKEN"
