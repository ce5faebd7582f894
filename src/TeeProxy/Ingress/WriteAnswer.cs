using Microsoft.AspNetCore.Http.Features;
using TeeProxy.Acks;

namespace TeeProxy.Ingress;

/// <summary>Gives a client its application's own answer: status, headers and body as they came, framed anew.</summary>
internal static class WriteAnswer
{
    public static async Task WriteAsync(HttpContext context, Answer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        if (answer.Reason is not null && context.Features.Get<IHttpResponseFeature>() is { } feature)
        {
            feature.ReasonPhrase = answer.Reason;
        }

        // The answer to HEAD and a 304 may state a length without having a body (RFC 9110 section 8.6); 204 and 1xx may not.
        var isBodiless = HttpMethods.IsHead(context.Request.Method) || answer.Status is StatusCodes.Status304NotModified or StatusCodes.Status204NoContent or < 200;
        var mayStateLength = isBodiless && answer.Status is >= 200 and not StatusCodes.Status204NoContent;
        var headers = response.Headers;
        for (var i = 0; i < answer.Headers.Count; i++)
        {
            var (name, value) = answer.Headers[i];
            var isLength = name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase);
            if (isLength ? mayStateLength : !HeaderRule.IsHopByHop(name))
            {
                headers.Append(name, value);
            }
        }

        if (!isBodiless)
        {
            response.ContentLength = answer.Body.Length;
            // Not cancelled when the client goes: then the writer says so, and that is no failure.
            await answer.Body.CopyToAsync(response.BodyWriter, CancellationToken.None);
        }
    }
}
