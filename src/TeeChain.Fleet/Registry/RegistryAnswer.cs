namespace TeeChain.Fleet.Registry;

/// <summary>What the registry's paths answer.</summary>
internal static class RegistryAnswer
{
    /// <summary>RFC 9457.</summary>
    internal sealed record Problem(string Title, int Status, string Detail);

    public static Task ProblemAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        var problem = new Problem(Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, detail);
        return context.Response.WriteAsJsonAsync(problem, RegistryJson.Default.Problem, "application/problem+json", context.RequestAborted);
    }
}
