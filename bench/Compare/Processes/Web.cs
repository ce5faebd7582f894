namespace Compare.Processes;

/// <summary>Questions to processes that may not be there yet.</summary>
internal static class Web
{
    /// <summary>Whether a GET is answered with a 2xx.</summary>
    public static async Task<bool> IsGoodAsync(HttpClient http, string url)
    {
        try
        {
            using var answer = await http.GetAsync(url);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
