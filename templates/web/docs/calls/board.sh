curl "{{ api }}/leaderboards/$GAME_ID?window=week&region=EU,NA"
