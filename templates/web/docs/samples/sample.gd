extends Node
# Godot 4. Add it as a child, set `token`, and call: await laurel.unlock("ACH_FIRST_LIGHT")

const API := "{{ api }}"
const ATTEMPTS := 5

var token := ""


# A client's token names its player, so only the achievement is sent.
func unlock(achievement: String) -> Dictionary:
	return await post("/achievements/unlock", {"achievement_id": achievement})


# The same request_id in every retry; another for the next increment.
func progress(achievement: String, steps: int, request_id: String) -> Dictionary:
	return await post("/achievements/progress", {
		"achievement_id": achievement, "verb": "increment", "steps": steps, "request_id": request_id,
	})


func post(path: String, body: Dictionary) -> Dictionary:
	var headers := ["Authorization: Bearer " + token, "Content-Type: application/json"]
	for attempt in range(1, ATTEMPTS + 1):
		var http := HTTPRequest.new()
		http.timeout = 10.0
		add_child(http)
		var error := http.request(API + path, headers, HTTPClient.METHOD_POST, JSON.stringify(body))
		if error != OK:
			http.queue_free()
			push_error(error_string(error))
			return {}
		var result: Array = await http.request_completed
		http.queue_free()
		var answer = JSON.parse_string(result[3].get_string_from_utf8())
		if not answer is Dictionary:
			answer = {"retryable": true}
		if result[1] >= 200 and result[1] < 300:
			return answer
		if not answer.get("retryable", false):
			push_error("%s: %s" % [answer.get("code"), answer.get("detail")])
			return answer
		await get_tree().create_timer(answer.get("retry_after_seconds", attempt)).timeout
	return {}
