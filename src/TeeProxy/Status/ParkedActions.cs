using System.Globalization;
using TeeChain.Protocol;
using TeeProxy.Delivery.Parking;

namespace TeeProxy.Status;

/// <summary><c>/admin/parked</c>: the list, and what an operator may do with each.</summary>
internal sealed class ParkedActions(ParkedWrites writes, ParkedRetry retry)
{
    public AdminAction Action => new(["GET", "HEAD", "POST"], HandleAsync);

    private Task HandleAsync(HttpContext context)
    {
        var isRead = context.Request.Method != "POST";
        return (context.Request.Path.Value ?? "").Split('/') switch
        {
            ["", "admin", "parked"] when isRead => context.Response.WriteAsJsonAsync(
                [.. writes.All.Select(parked => parked.ToStatus())], ProtocolJson.Default.ParkedStatusArray, cancellationToken: context.RequestAborted),
            ["", "admin", "parked", var sequence, var act and ("retry" or "drop")] when !isRead && TryRead(sequence, out var number) =>
                ActAsync(context, act == "retry" ? retry.RetryAsync(number) : retry.DropAsync(number)),
            _ => PlainText.WriteAsync(context, 404, "There are: GET /admin/parked, POST /admin/parked/SEQUENCE/retry, POST /admin/parked/SEQUENCE/drop."),
        };
    }

    private static async Task ActAsync(HttpContext context, Task<ParkedOutcome> acting)
    {
        var outcome = await acting;
        await PlainText.WriteAsync(context, outcome.Status, outcome.Text);
    }

    private static bool TryRead(string text, out long sequence) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
}
