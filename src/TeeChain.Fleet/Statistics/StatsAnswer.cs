using System.Text.Json;

namespace TeeChain.Fleet.Statistics;

/// <summary>
/// <c>GET /worker/stats</c>, in the shape of the configured balancer:
/// <c>{"SuccessfulRequests":[{"total":0},{"NAME":0},…],"FailedRequests":[…],"TotalRequests":[…],"AverageResponseTime":[…]}</c>,
/// the times in milliseconds over all requests. The total has also those that no worker was there for.
/// </summary>
internal static class StatsAnswer
{
    /// <param name="workers">Who is in the fleet, in its order; others that were counted come behind.</param>
    public static async Task WriteAsync(HttpContext context, IReadOnlyList<WorkerCounts> counts, IEnumerable<string> workers)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        Write(json, counts, workers);
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<WorkerCounts> counts, IEnumerable<string> workers)
    {
        var byName = counts.ToDictionary(static one => one.Worker, StringComparer.Ordinal);
        WorkerCounts[] rows =
        [
            WorkerCounts.SumUp("total", counts),
            .. workers.Concat(byName.Keys.Where(static name => name != RequestCounts.Nobody)).Distinct(StringComparer.Ordinal)
                .Select(name => byName.GetValueOrDefault(name) ?? new WorkerCounts(name, 0, 0, 0)),
        ];

        json.WriteStartObject();
        WriteArray("SuccessfulRequests", static row => row.Successes);
        WriteArray("FailedRequests", static row => row.Failures);
        WriteArray("TotalRequests", static row => row.Total);
        WriteArray("AverageResponseTime", static row => row.AverageMilliseconds);
        json.WriteEndObject();

        void WriteArray(string name, Func<WorkerCounts, double> value)
        {
            json.WriteStartArray(name);
            foreach (var row in rows)
            {
                json.WriteStartObject();
                json.WriteNumber(row.Worker, value(row));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }
}
