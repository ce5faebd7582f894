using System.Text.Json;

namespace TeeChain.EndToEnd.Harness;

/// <summary>An answer as it came: status, headers, body.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>One of TeeChain's own answers: problem details that say what happened and whether the write is recorded.</summary>
    /// <param name="recorded"><c>no</c>, <c>yes</c> or <c>unknown</c>.</param>
    /// <returns>The text for people.</returns>
    public string AssertProblem(int status, string kind, string recorded = "no")
    {
        Assert.True(Status == status, $"{status} is expected. {this}");
        Assert.Equal("application/problem+json", Header("Content-Type"));
        using var problem = JsonDocument.Parse(Body);
        Assert.Equal($"urn:teechain:problem:{kind}", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(recorded, problem.RootElement.GetProperty("recorded").GetString());
        var detail = problem.RootElement.GetProperty("detail").GetString()!;
        Assert.True(detail.Length > 20 && detail.EndsWith('.'), $"This explains nothing: {detail}");
        return detail;
    }

    public override string ToString() => $"{Status}, {string.Join("; ", Headers.Select(header => $"{header.Key}: {header.Value}"))}\n{Body}";
}
