using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SampleApp.Web;

/// <summary>A complete answer. Handlers return it, <see cref="Endpoints"/> alone sends it.</summary>
internal sealed record Answer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    public const string Json = "application/json";
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>The methods that the path takes; only beside 405 (RFC 9110, section 15.5.6).</summary>
    public string? Allow { get; init; }

    public static Answer Text(int status, string text) => new(status, PlainText, Encoding.UTF8.GetBytes(text));

    public static Answer Of<T>(int status, T body, JsonTypeInfo<T> type) =>
        new(status, Json, JsonSerializer.SerializeToUtf8Bytes(body, type));

    public Task SendAsync(HttpResponse response, CancellationToken cancellation)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        if (Allow is not null)
        {
            response.Headers.Allow = Allow;
        }

        return response.Body.WriteAsync(Body, cancellation).AsTask();
    }
}
