using TeeChain.Protocol;
using TeeChain.Protocol.Registration;

namespace TeeChain.Fleet.Registry;

/// <summary>Answers for the registry in this process.</summary>
internal sealed class OwnDesk(FleetRegistry registry) : IAnnouncementDesk
{
    public async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        AnnouncementRule.Admission admission;
        try
        {
            admission = registry.Announce(body.Span);
        }
        catch (IOException e)
        {
            await RegistryAnswer.ProblemAsync(context, 507, $"The registry cannot be written down ({e.Message}); nothing has changed.");
            return;
        }

        await (admission.Status == 200
            ? context.Response.WriteAsJsonAsync(
                new Grant(FleetRegistry.Lease.TotalSeconds, FleetRegistry.Renewal.TotalSeconds, registry.Current.IsFounded), ProtocolJson.Default.Grant, cancellationToken: context.RequestAborted)
            : RegistryAnswer.ProblemAsync(context, admission.Status, admission.Reason));
    }
}
