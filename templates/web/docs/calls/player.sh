curl -X PUT {{ api }}/players/by-external-id/steam-76561198000000000 \
  -H "Authorization: Bearer $LAUREL_KEY" \
  -H "Content-Type: application/json" \
  -d '{"display_name": "Mira", "region": "EU"}'
