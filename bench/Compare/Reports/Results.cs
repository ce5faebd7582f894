using Compare.Parts;

namespace Compare.Reports;

/// <summary>Everything that was measured, in the order of measuring: a round of all before the next round.</summary>
internal sealed class Results
{
    public List<Sample> Writes { get; } = [];

    public List<BesideReads.Figures> BesideReads { get; } = [];

    public List<Sample> Lengths { get; } = [];

    public List<Backlog.Figures> Backlogs { get; } = [];

    public List<double[]> Idle { get; } = [];

    public List<Reads.Figures> Reads { get; } = [];
}
