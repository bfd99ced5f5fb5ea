// Once for each connection: a ticket from your own server, which requests it with its key.
var ticket = await http.GetStringAsync("https://my-game.example/laurel-ticket");
using var socket = new ClientWebSocket();
var since = lastSeq is null ? "" : $"&since={lastSeq}";
await socket.ConnectAsync(new Uri($"{{ socket }}?ticket={ticket}{since}"), CancellationToken.None);

var buffer = new byte[65536];
while (socket.State == WebSocketState.Open)
{
    var size = 0;
    ValueWebSocketReceiveResult part;
    do
    {
        part = await socket.ReceiveAsync(buffer.AsMemory(size), CancellationToken.None);
        size += part.Count;
    } while (!part.EndOfMessage);
    if (part.MessageType == WebSocketMessageType.Close) break;

    using var frame = JsonDocument.Parse(buffer.AsMemory(0, size));
    switch (frame.RootElement.GetProperty("type").GetString())
    {
        case "hello":
            lastSeq ??= frame.RootElement.GetProperty("last_seq").GetInt64();
            heartbeats.Every(frame.RootElement.GetProperty("heartbeat_interval").GetInt32());
            break;
        case "event":
            lastSeq = frame.RootElement.GetProperty("seq").GetInt64();
            ShowToast(frame.RootElement.GetProperty("title").GetString());
            break;
    }
}
// (int)socket.CloseStatus is the close code: connect again after a random moment, unless it is final.
