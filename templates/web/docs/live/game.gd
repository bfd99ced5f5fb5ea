extends Node

var socket := WebSocketPeer.new()
var last_seq := -1
var silence := 0.0
var heartbeat_interval := 25.0

# The ticket comes from your own server, which requests it with its key; a new one for each connection.
func connect_with(ticket: String) -> void:
    var since := "" if last_seq < 0 else "&since=%d" % last_seq
    socket.connect_to_url("{{ socket }}?ticket=%s%s" % [ticket, since])

func _process(delta: float) -> void:
    socket.poll()
    while socket.get_available_packet_count() > 0:
        receive(JSON.parse_string(socket.get_packet().get_string_from_utf8()))
    silence += delta
    if silence > heartbeat_interval and socket.get_ready_state() == WebSocketPeer.STATE_OPEN:
        silence = 0.0
        socket.send_text('{"type":"heartbeat"}')
    # In STATE_CLOSED, socket.get_close_code() says why: connect again after a random moment, unless it is final.

func receive(frame: Dictionary) -> void:
    if frame.type == "hello":
        heartbeat_interval = frame.heartbeat_interval
        last_seq = int(frame.last_seq) if last_seq < 0 else last_seq
    elif frame.type == "event":
        last_seq = int(frame.seq)
        show_toast(frame.title, frame.body)
