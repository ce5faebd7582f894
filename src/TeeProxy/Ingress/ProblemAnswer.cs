using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using TeeChain.Protocol;

namespace TeeProxy.Ingress;

/// <summary>Writes a <see cref="Problem"/> as <c>application/problem+json</c>.</summary>
internal static class ProblemAnswer
{
    /// <summary>
    /// Does nothing when the response has begun. When the request's body was not read, the connection is closed behind
    /// the answer: what is still to come would be taken for the next request.
    /// </summary>
    /// <param name="isBodyRead">Whether the request's body, if any, was read to its end.</param>
    public static async Task WriteAsync(HttpContext context, Problem problem, bool isBodyRead)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            return;
        }

        response.Clear();
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        if (problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (problem.Sequence > 0)
        {
            response.Headers[HeaderNames.Sequence] = problem.Sequence.ToString(CultureInfo.InvariantCulture);
        }

        if (!isBodyRead && context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            response.Headers.Connection = "close";
        }

        var body = Encode(problem);
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory);
    }

    private static ArrayBufferWriter<byte> Encode(Problem problem)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("type", "urn:teechain:problem:" + problem.Kind);
        json.WriteString("title", problem.Title);
        json.WriteNumber("status", problem.Status);
        json.WriteString("detail", problem.Detail);
        if (problem.Recorded != Recorded.NotAWrite)
        {
            json.WriteString("recorded", problem.Recorded switch { Recorded.No => "no", Recorded.Yes => "yes", _ => "unknown" });
        }

        if (problem.Sequence > 0)
        {
            json.WriteNumber("sequence", problem.Sequence);
        }

        if (problem.Head is not null)
        {
            json.WriteString("head", problem.Head);
        }

        json.WriteEndObject();
        return body;
    }
}
