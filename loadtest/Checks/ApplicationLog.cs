using LoadTest.Requests;

namespace LoadTest.Checks;

/// <summary>Reads what a sample application applied since the run began.</summary>
internal static class ApplicationLog
{
    public static async Task<Asked<NodeLog>> ReadAsync(FleetReader fleet, NodeBefore node, string userPrefix, CancellationToken cancellation)
    {
        var applied = new List<AppliedWrite>();
        for (var after = node.Arrivals ?? 0; ;)
        {
            var page = await fleet.LogAsync(node.Application, after, cancellation);
            if (page.Value is not { } read)
            {
                return new Asked<NodeLog>(null, page.Why);
            }

            if (read.Applied.Contains(null!))
            {
                return new Asked<NodeLog>(null, $"{node.Application} lists null as a write");
            }

            if (read.First != after + 1)
            {
                return new Asked<NodeLog>(null, $"{node.Application} keeps its arrivals from {read.First} on only, and {after + 1} is asked for");
            }

            applied.AddRange(
                from write in read.Applied
                where write.Status is 200 or 201 && write.User.StartsWith(userPrefix, StringComparison.Ordinal)
                select new AppliedWrite(
                    write.Sequence, new AcceptedWrite(write.User, write.Kind == "register" ? WriteKind.Register : WriteKind.ChangePassword, write.Version)));

            // Also where it goes backwards, as none does.
            if (read.Next <= after)
            {
                return new Asked<NodeLog>(new NodeLog(node.Name, applied), null);
            }

            after = read.Next;
        }
    }
}
