using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

// Needs Newtonsoft.Json; in Unity that is the package com.unity.nuget.newtonsoft-json.
// Unity's web platform has no HttpClient: use UnityWebRequest there.
public sealed class Laurel
{
    private readonly HttpClient http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };

    public Laurel(string token)
    {
        http.BaseAddress = new Uri("{{ api }}/");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    // A client's token names its player, so only the achievement is sent.
    public Task<JObject> Unlock(string achievement) =>
        Post("achievements/unlock", new JObject { ["achievement_id"] = achievement });

    // The same requestId in every retry; another for the next increment.
    public Task<JObject> Progress(string achievement, int steps, string requestId) =>
        Post("achievements/progress", new JObject
        {
            ["achievement_id"] = achievement, ["verb"] = "increment", ["steps"] = steps, ["request_id"] = requestId,
        });

    public async Task<JObject> Post(string path, JObject body, int attempts = 5)
    {
        for (var attempt = 1; ; attempt++)
        {
            var wait = TimeSpan.FromSeconds(attempt);
            try
            {
                using var content = new StringContent(body.ToString(), Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync(path, content);
                var json = JObject.Parse(await answer.Content.ReadAsStringAsync());
                if (answer.IsSuccessStatusCode) return json;
                if (!(bool)json["retryable"] || attempt == attempts)
                    throw new InvalidOperationException($"{json["code"]}: {json["detail"]}");
                wait = answer.Headers.RetryAfter?.Delta ?? wait;
            }
            catch (HttpRequestException) when (attempt < attempts) { }
            catch (TaskCanceledException) when (attempt < attempts) { }
            catch (JsonException) when (attempt < attempts) { }
            await Task.Delay(wait);
        }
    }
}
