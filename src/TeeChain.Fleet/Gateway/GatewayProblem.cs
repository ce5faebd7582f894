using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace TeeChain.Fleet.Gateway;

/// <summary>The front door's own answer instead of a worker's: problem details of RFC 9457, as haproxy.cfg gives them.</summary>
internal sealed record GatewayProblem(int Status, string Title, string Detail)
{
    /// <summary>When a new try makes sense; null where time alone does not help.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>
    /// Does nothing when the answer has begun. The connection is closed behind it when the request may have a body: what is still to
    /// come of that would be taken for the next request.
    /// </summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            return;
        }

        response.Clear();
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        if (RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false } && !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            response.Headers.Connection = "close";
        }

        var body = Encode();
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory);
    }

    private ArrayBufferWriter<byte> Encode()
    {
        var body = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", Title);
        json.WriteNumber("status", Status);
        json.WriteString("detail", Detail);
        json.WriteEndObject();
        return body;
    }
}
