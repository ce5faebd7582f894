using System.Globalization;
using TeeChain.Protocol;

namespace TeeProxy.Options;

/// <summary>
/// Reads values and keeps what is wrong with the first bad one, in one line that says which flag, what was given and
/// what is allowed. After a bad value the others still return something, so that the reader stays a plain list.
/// </summary>
/// <param name="fromEnvironment">Flags whose value came from the environment: their line names the variable.</param>
internal sealed class ValueChecks(IReadOnlySet<string> fromEnvironment)
{
    /// <summary>Null while everything was right.</summary>
    public string? Error { get; private set; }

    public Address Address(string flag, string? text, bool anyPort = false)
    {
        if (TeeChain.Protocol.Address.TryParse(text, out var address, anyPort))
        {
            return address;
        }

        Refuse(flag, text, "is no address", "allowed: :4567 (this machine), host:port or [::1]:port, with a port from 1 to 65535");
        return new Address("127.0.0.1", 0);
    }

    /// <summary>Addresses with commas between, in the order given; none where nothing is given.</summary>
    public IReadOnlyList<Address> Addresses(string flag, string? text)
    {
        Address[] addresses = text is null ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(one => Address(flag, one))];
        if (addresses.Distinct().Count() < addresses.Length && Error is null)
        {
            Refuse(flag, text, "names an address twice", "allowed: each address once");
        }

        return addresses;
    }

    public TimeSpan Duration(string flag, string? text)
    {
        var limits = Flag.Named(flag);
        var value = Quantity.Duration(text ?? "");
        if (value is null)
        {
            Refuse(flag, text, "is no duration", $"allowed: {limits.Allowed}, {Quantity.DurationForms}");
        }
        else if (value < Quantity.Duration(limits.Limits.Min!) || value > Quantity.Duration(limits.Limits.Max!))
        {
            Refuse(flag, text, "is out of range", $"allowed: {limits.Allowed}");
        }

        return value ?? default;
    }

    public long Size(string flag, string? text)
    {
        var limits = Flag.Named(flag);
        var value = Quantity.Size(text ?? "");
        if (value is null)
        {
            Refuse(flag, text, "is no size", $"allowed: {limits.Allowed}, {Quantity.SizeForms}");
        }
        else if (value < Quantity.Size(limits.Limits.Min!) || value > Quantity.Size(limits.Limits.Max!))
        {
            Refuse(flag, text, "is out of range", $"allowed: {limits.Allowed}");
        }

        return value ?? default;
    }

    public int Count(string flag, string? text)
    {
        var limits = Flag.Named(flag);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            Refuse(flag, text, "is no whole number", $"allowed: {limits.Allowed}");
        }
        else if (value < Number(limits.Limits.Min) || value > Number(limits.Limits.Max))
        {
            Refuse(flag, text, "is out of range", $"allowed: {limits.Allowed}");
        }

        return value;

        static int Number(string? limit) => int.Parse(limit!, CultureInfo.InvariantCulture);
    }

    /// <summary>A number from 0 to 1.</summary>
    public double Ratio(string flag, string? text)
    {
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > 1)
        {
            Refuse(flag, text, "is no share", "allowed: 0 to 1, such as 0.05");
        }

        return value;
    }

    public string Choice(string flag, string? text)
    {
        var limits = Flag.Named(flag);
        if (Array.IndexOf(limits.Limits.Choices!, text) < 0)
        {
            Refuse(flag, text, "is none of its values", $"allowed: {limits.Allowed}");
        }

        return text ?? "";
    }

    /// <summary>A list with commas, without repetitions, in ordinal order.</summary>
    /// <param name="isGood">What each item must be, said in <paramref name="allowed"/>.</param>
    public IReadOnlyList<string> Items(string flag, string? text, Func<string, bool> isGood, string allowed)
    {
        var items = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (items.Length == 0 || !items.All(isGood))
        {
            Refuse(flag, text, "will not do", "allowed: " + allowed);
        }

        return [.. items.Distinct().Order(StringComparer.Ordinal)];
    }

    public void Refuse(string flag, string? given, string what, string allowed) =>
        Refuse(given is null ? $"{NameOf(flag)} is missing; {allowed}." : $"{NameOf(flag)}: \"{given}\" {what}; {allowed}.");

    /// <summary>Keeps <paramref name="line"/> unless something was wrong before.</summary>
    public void Refuse(string line) => Error ??= line;

    private string NameOf(string flag) => fromEnvironment.Contains(flag) ? $"{Flag.Named(flag).Variable} (--{flag})" : "--" + flag;
}
