import json
import os
import time
import urllib.error
import urllib.request

API = "{{ api }}"
KEY = os.environ["LAUREL_KEY"]


def call(method, path, body=None, attempts=5):
    """Return the answer's JSON. Repeats are harmless, so what may succeed later is tried again."""
    for attempt in range(1, attempts + 1):
        request = urllib.request.Request(
            API + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            if not problem["retryable"] or attempt == attempts:
                raise RuntimeError(f"{problem['code']}: {problem['detail']}") from error
            time.sleep(problem.get("retry_after_seconds", attempt))
        except OSError:  # No connection, or no response in time: it may have been recorded, so send it again.
            if attempt == attempts:
                raise
            time.sleep(attempt)


player = call("PUT", "/players/by-external-id/steam-76561198000000000", {"display_name": "Mira"})
unlock = call("POST", "/achievements/unlock", {"player_id": player["id"], "achievement_id": "ACH_FIRST_LIGHT"})
print("Earned" if unlock["unlocked"] else "Had it since", unlock["unlocked_at"])
