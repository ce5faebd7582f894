using FsCheck;
using FsCheck.Fluent;
using TeeChain.Fleet.Config;
using TeeChain.Fleet.Up;

namespace TeeChain.Fleet.Tests.Up;

public sealed class AutoscaleRuleTests
{
    private static readonly Autoscale Rule = new() { Min = 2, Max = 9, RequestsPerWorker = 300, CoolDown = TimeSpan.FromSeconds(30) };

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(3, 900, null)]
    [InlineData(3, 901, 4)]
    [InlineData(3, 2000, 7)]
    [InlineData(3, 100_000, 9)]
    [InlineData(9, 100_000, null)]
    [InlineData(3, 481, null)]
    [InlineData(3, 480, 2)]
    [InlineData(9, 0, 8)]
    [InlineData(2, 0, null)]
    [InlineData(1, 0, 2)]
    [InlineData(12, 100_000, 11)]
    public void The_rate_needs_so_many_workers_up_at_once_and_down_one_by_one(int workers, double rate, int? wanted) =>
        Assert.Equal(wanted, AutoscaleRule.Judge(Rule, workers, rate, Long));

    [Fact]
    public void Nothing_is_changed_soon_after_a_change() => Assert.Null(AutoscaleRule.Judge(Rule, 3, 2000, Rule.CoolDown - TimeSpan.FromMilliseconds(1)));

    [Fact]
    public void A_steady_rate_comes_to_rest_within_the_bounds()
    {
        var cases = Gen.Choose(0, 5000).Zip(Gen.Choose(1, 12)).ToArbitrary();

        Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(cases, one =>
        {
            var workers = one.Item2;
            for (var steps = 0; AutoscaleRule.Judge(Rule, workers, one.Item1, Long) is { } wanted; steps++)
            {
                if (steps > 12)
                {
                    return false;
                }

                workers = wanted;
            }

            return workers >= Rule.Min && workers <= Rule.Max && (one.Item1 <= workers * Rule.RequestsPerWorker || workers == Rule.Max);
        }));
    }
}
