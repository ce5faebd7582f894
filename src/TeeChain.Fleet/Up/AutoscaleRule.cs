using TeeChain.Fleet.Config;

namespace TeeChain.Fleet.Up;

/// <summary>How many workers a rate of reads needs. Pure.</summary>
internal static class AutoscaleRule
{
    /// <summary>One worker fewer must be busy to no more than this, or the next moment would call it back.</summary>
    private const double Room = 0.8;

    /// <param name="workers">That there are.</param>
    /// <param name="rate">GETs a second, of all of them.</param>
    /// <param name="sinceChange">How long the fleet has been as it is.</param>
    /// <returns>Null when it is to stay so. Up at once to what is needed, down one by one.</returns>
    public static int? Judge(Autoscale rule, int workers, double rate, TimeSpan sinceChange)
    {
        var needed = (int)Math.Clamp(Math.Ceiling(rate / rule.RequestsPerWorker), rule.Min, rule.Max);
        var wanted = needed > workers ? needed
            : workers > rule.Max || (workers > rule.Min && rate <= Room * rule.RequestsPerWorker * (workers - 1)) ? workers - 1
            : workers;
        return wanted == workers || sinceChange < rule.CoolDown ? null : wanted;
    }
}
