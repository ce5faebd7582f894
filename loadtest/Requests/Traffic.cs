using LoadTest.Engine;
using LoadTest.Measures;

namespace LoadTest.Requests;

/// <summary>
/// The requests of the Apache Bench runs: <c>GET /login</c> of users that exist, and in turn <c>POST /register</c> of a new user and
/// <c>POST /changePassword</c> of one that exists. Thread-safe.
/// </summary>
internal sealed class Traffic(Client client, Population population, WriteLedger ledger)
{
    public const string Reads = "GET /login";
    public const string Writes = "POST /register, /changePassword";

    private const int RegisteredAtOnce = 16;

    private long _writes;

    /// <summary>Has every user registered.</summary>
    /// <returns>Why it could not; null when it could.</returns>
    public async Task<string?> PrepareAsync(Uri url, CancellationToken cancellation)
    {
        string? refusal = null;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await Parallel.ForEachAsync(population.Users, new ParallelOptions { MaxDegreeOfParallelism = RegisteredAtOnce, CancellationToken = enough.Token }, async (user, _) =>
            {
                if (await RegisterAsync(new Uri(url, "/register"), user) is { WhyNot: { } why } answer)
                {
                    refusal = answer.Status == 409
                        ? $"{user} exists already: this seed was used here before; --seed takes another"
                        : $"POST /register of {user} at {url} failed: {why}";
                    await enough.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (refusal is not null)
        {
        }

        return refusal;
    }

    public Flow ReadFlow(Uri url, FlowRecord record)
    {
        Uri[] logins = [.. population.Users.Select(user => new Uri(url, $"/login?user={user}"))];
        return new Flow(record.RatePerSecond, async moment =>
        {
            record.Sending(moment);
            record.Ended(moment, (await client.GetAsync(logins[population.AnyIndex()])).WhyNot);
        });
    }

    public Flow WriteFlow(Uri url, FlowRecord record)
    {
        var (register, change) = (new Uri(url, "/register"), new Uri(url, "/changePassword"));
        return new Flow(record.RatePerSecond, async moment =>
        {
            record.Sending(moment);
            var answer = Interlocked.Increment(ref _writes) % 2 == 1 ? await RegisterAsync(register, population.New()) : await ChangeAsync(change, population.Any());
            record.Ended(moment, answer.WhyNot);
        });
    }

    private async Task<Answer> RegisterAsync(Uri address, string user)
    {
        var answer = await client.PostAsync(address, Population.Form(user, "first"));
        ledger.Note(user, WriteKind.Register, answer);
        return answer;
    }

    private async Task<Answer> ChangeAsync(Uri address, string user)
    {
        var answer = await client.PostAsync(address, Population.Form(user, "second"));
        ledger.Note(user, WriteKind.ChangePassword, answer);
        return answer;
    }
}
