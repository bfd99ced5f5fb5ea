curl -X PUT "{{ api }}/manage/games/$GAME_ID/definitions?publish=true" \
  -H "Authorization: Bearer $LAUREL_TOOLS_KEY" \
  -H "Content-Type: application/json" \
  -d '{"format": "laurel.achievements", "version": 1, "achievements": [
       {"key": "ACH_FIRST_LIGHT", "name": "First light", "points": 10},
       {"key": "ACH_LAMPLIGHTER", "name": "Lamplighter", "points": 25,
        "kind": "incremental", "target": 50}]}'
