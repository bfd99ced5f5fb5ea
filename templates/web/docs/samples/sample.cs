using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

// In Unity this class works as it is; on the web platform use UnityWebRequest instead of HttpClient.
public sealed class Laurel
{
    private readonly HttpClient http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };

    public Laurel(string token)
    {
        http.BaseAddress = new Uri("{{ api }}/");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    // A client's token names its player, so only the achievement is told.
    public Task<JsonElement> Unlock(string achievement) =>
        Call(HttpMethod.Post, "achievements/unlock", new { achievement_id = achievement });

    // The same requestId in every retry; another for the next increment.
    public Task<JsonElement> Progress(string achievement, int steps, string requestId) =>
        Call(HttpMethod.Post, "achievements/progress",
            new { achievement_id = achievement, verb = "increment", steps, request_id = requestId });

    public async Task<JsonElement> Call(HttpMethod method, string path, object body, int attempts = 5)
    {
        for (var attempt = 1; ; attempt++)
        {
            var wait = TimeSpan.FromSeconds(attempt);
            try
            {
                using var request = new HttpRequestMessage(method, path);
                request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
                using var answer = await http.SendAsync(request);
                var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
                if (answer.IsSuccessStatusCode) return json;
                if (!json.GetProperty("retryable").GetBoolean() || attempt == attempts)
                    throw new InvalidOperationException(json.GetProperty("code") + ": " + json.GetProperty("detail"));
                wait = answer.Headers.RetryAfter?.Delta ?? wait;
            }
            catch (HttpRequestException) when (attempt < attempts) { }
            catch (TaskCanceledException) when (attempt < attempts) { }
            await Task.Delay(wait);
        }
    }
}
