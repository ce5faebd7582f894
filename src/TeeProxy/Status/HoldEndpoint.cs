using System.Globalization;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;
using TeeProxy.Chain;

namespace TeeProxy.Status;

/// <summary>
/// <c>POST /admin/hold?lease=30s</c> and <c>POST /admin/release?token=T</c> on the head: no write is admitted, and once
/// every application is at the same record the operator is told which, and copies.
/// </summary>
/// <param name="inFlight">Read anew each time.</param>
/// <param name="digest">Of what was delivered, at the watermark.</param>
internal sealed class HoldEndpoint(Hold hold, ChainMember member, Journal journal, Func<HoldRule.Facts> inFlight, Func<ulong> digest, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>Answers when the hold stands (200), or when it will not (504 names who is late). It ends with a client that goes away before.</summary>
    public async Task HoldAsync(HttpContext context)
    {
        var given = context.Request.Query["lease"].ToString();
        if (Quantity.Duration(given.Length == 0 ? "30s" : given) is not { } length || length < Shortest || length > Longest)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status400BadRequest, $"lease takes a duration from 1s to 10m, {Quantity.DurationForms}.");
            return;
        }

        if (WhyNotHere() is { } elsewhere)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status409Conflict, elsewhere);
            return;
        }

        if (hold.Begin(length) is not { } lease)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status409Conflict, "Writes are held already. That hold ends when it is released, or with its lease.");
            return;
        }

        var isGranted = false;
        try
        {
            if (await StandsAsync(lease, context.RequestAborted) is { } late)
            {
                await PlainText.WriteAsync(context, StatusCodes.Status504GatewayTimeout, $"The hold did not come to stand within {length.TotalSeconds:0.###} s and is over: {late}.");
                return;
            }

            await GrantAsync(context, lease);
            isGranted = true;
        }
        finally
        {
            if (!isGranted)
            {
                hold.End(lease.Token);
            }
        }
    }

    public Task ReleaseAsync(HttpContext context)
    {
        var lease = Guid.TryParse(context.Request.Query["token"], out var token) ? hold.End(token) : null;
        var why = lease is null ? "no hold has this token here: it was released, replaced after its lease, or the head was restarted"
            : HoldRule.WhyBroken(lease.Left, lease.Sequence, journal.Last.Sequence) ?? WhyNotHere();
        return why is null
            ? PlainText.WriteAsync(context, StatusCodes.Status200OK, "The hold stood until now; writes flow again.")
            : PlainText.WriteAsync(context, StatusCodes.Status409Conflict, $"The hold did not stand until now: {why}. What was copied meanwhile may be torn; copy again.");
    }

    private string? WhyNotHere()
    {
        var standing = member.Standing.Current;
        return standing.MayTakeWrites ? null
            : standing.Membership is { Role: Role.Replica, HeadAddress: var head }
                ? $"This node is not the head{(head is null ? "" : $"; {head} is")}. Writes are held there."
                : "This node takes no writes yet, so there is nothing to hold.";
    }

    /// <summary>Waits until nothing is in flight; what still is when the lease is over, else null.</summary>
    private async Task<string?> StandsAsync(Hold.Lease lease, CancellationToken cancellation)
    {
        while (true)
        {
            var why = HoldRule.WhyInFlight(inFlight());
            if (why is null || lease.Left <= TimeSpan.Zero)
            {
                return lease.Left > TimeSpan.Zero ? null : why ?? "it took all of its lease";
            }

            await Task.Delay(BetweenLooks, time, cancellation);
        }
    }

    private Task GrantAsync(HttpContext context, Hold.Lease lease)
    {
        var last = journal.Last;
        lease.Sequence = last.Sequence;
        var crc = last.Crc.ToString("x8", CultureInfo.InvariantCulture);
        var grant = new HoldGrant(
            lease.Token, last.Sequence, last.Epoch, crc, string.Create(CultureInfo.InvariantCulture, $"{last.Sequence}:{last.Epoch}:{crc}:{digest():x16}"), member.Standing.Current.Membership.Chain!.Value,
            Math.Max(0, Math.Floor(lease.Left.TotalMilliseconds) / 1000));
        return context.Response.WriteAsJsonAsync(grant, ProtocolJson.Default.HoldGrant, cancellationToken: context.RequestAborted);
    }
}
