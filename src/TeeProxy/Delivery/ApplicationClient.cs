using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using TeeChain.Protocol;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Delivery.Comparing;
using TeeProxy.Spooling;
using TeeProxy.Tracing;

namespace TeeProxy.Delivery;

/// <summary>
/// Sends one recorded write to the local application and reads its whole answer. It never repeats anything by itself. Thread-safe.
/// </summary>
/// <remarks>
/// Not by SocketsHttpHandler: recorded bytes would be taken apart and put together again for each node, which cost more than all the
/// rest of a delivery (docs/performance.md).
/// </remarks>
/// <param name="mask">What the digest of each answer leaves out; null where none is wanted, and answers that nobody awaits are not looked at.</param>
internal sealed class ApplicationClient(Address application, BodySpool spool, TimeSpan timeout, TimeProvider time, AnswerMask? mask = null) : IDisposable
{
    private const int CopyBytes = 64 << 10;

    private readonly ApplicationPool _pool = new(application, time);
    private readonly RequestBytes _requests = new(application.ToString());

    /// <summary>One attempt.</summary>
    /// <param name="chain">The chain's id, for the application.</param>
    /// <param name="isRedelivery">Whether the application may have seen this write.</param>
    /// <param name="isAwaited">Whether somebody wants the answer's headers and body; else only its status is told.</param>
    /// <exception cref="OperationCanceledException"><paramref name="abort"/>.</exception>
    public ValueTask<DeliveryResult> SendAsync(RecordedWrite write, Guid chain, bool isRedelivery, bool isAwaited, CancellationToken abort) =>
        Spans.AreWanted ? TracedAsync(write, chain, isRedelivery, isAwaited, abort) : SendAsync(write, chain, isRedelivery, isAwaited, null, abort);

    public void Dispose() => _pool.Dispose();

    private async ValueTask<DeliveryResult> TracedAsync(RecordedWrite write, Guid chain, bool isRedelivery, bool isAwaited, CancellationToken abort)
    {
        using var span = DeliverySpan.Start(write.Recorded, write.Sequence, application, isRedelivery);
        var result = await SendAsync(write, chain, isRedelivery, isAwaited, span, abort);
        switch (result)
        {
            case DeliveryResult.Answered answered when span is not null:
                DeliverySpan.Answered(span, answered.Status);
                break;
            case DeliveryResult.Unsent unsent when span is not null:
                Spans.Fail(span, "unsent", unsent.Why);
                break;
            case DeliveryResult.Lost lost when span is not null:
                Spans.Fail(span, lost.IsTimeout ? "timeout" : "lost", lost.Why);
                break;
        }

        return result;
    }

    private async ValueTask<DeliveryResult> SendAsync(RecordedWrite write, Guid chain, bool isRedelivery, bool isAwaited, Activity? span, CancellationToken abort)
    {
        ApplicationConnection connection;
        try
        {
            connection = await _pool.RentAsync(abort);
        }
        catch (SocketException e)
        {
            abort.ThrowIfCancellationRequested();
            return new DeliveryResult.Unsent(e.Message);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            return new DeliveryResult.Unsent($"it did not take a connection within {ApplicationConnections.ConnectTimeout.TotalSeconds} s");
        }

        var isReusable = false;
        connection.Begin(timeout);
        var aborting = abort.UnsafeRegister(static connection => ((ApplicationConnection)connection!).Abandon(), connection);
        try
        {
            var broken = await SendRequestAsync(connection, write, chain, isRedelivery, span);
            AnswerHead head;
            Answer? answer;
            while (!TryTakeHead(connection, isAwaited || mask is not null, out head, out answer))
            {
                if (!connection.Add(await connection.ReceiveAsync()))
                {
                    throw broken ?? (Exception)new InvalidDataException("it closed the connection without an answer");
                }
            }

            // An answer to HEAD, and 304, state a length and have no body (RFC 9110 section 8.6), and some say one with 204, which has none either.
            var hasBody = head.Status is >= 200 and not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified) && !write.Recorded.IsOf("HEAD"u8);
            var source = new AnswerBody(connection, head, hasBody);
            using var digest = mask is null ? null : new AnswerDigest(mask, head.Status, answer!.Headers);
            var body = isAwaited ? await spool.ReadAsync(source, source.KnownLength, long.MaxValue, 0, CancellationToken.None)
                : digest is null ? await source.SkipAsync()
                : await DigestAsync(source, digest);
            if (body.Outcome != SpoolOutcome.Complete)
            {
                return new DeliveryResult.Unheld(head.Status, $"its answer cannot be held: {body.Why}");
            }

            isReusable = broken is null && head is { Status: >= 200, KeepsConnection: true } && source.IsWhole && connection.Received.IsEmpty;
            return new DeliveryResult.Delivered(answer! with { Body = body.Body! })
            {
                Kept = digest is null || (isAwaited && !await TryDigestAsync(body.Body!, digest)) ? null : await digest.CompleteAsync(),
            };
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidDataException)
        {
            abort.ThrowIfCancellationRequested();
            return connection.IsLate
                ? new DeliveryResult.Lost($"no complete answer within {timeout.TotalSeconds} s", IsTimeout: true)
                : new DeliveryResult.Lost(e.Message, IsTimeout: false);
        }
        finally
        {
            aborting.Dispose();
            if (connection.End() && isReusable)
            {
                _pool.Return(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    private static async ValueTask<SpoolResult> DigestAsync(AnswerBody source, AnswerDigest digest)
    {
        await digest.ReadAsync(source);
        return new SpoolResult(SpoolOutcome.Complete, SpooledBody.Empty);
    }

    /// <summary>False where the spool file cannot be read: then the answer's body is not compared, and its client will see the same.</summary>
    private static async ValueTask<bool> TryDigestAsync(SpooledBody body, AnswerDigest digest)
    {
        try
        {
            await using var held = body.OpenStream();
            await digest.ReadAsync(held);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Takes the head of the answer, where it has come; what goes before the real one is passed over.</summary>
    /// <param name="answer">The answer without its body.</param>
    /// <param name="wantsHeaders">Else only the status is told.</param>
    private static bool TryTakeHead(ApplicationConnection connection, bool wantsHeaders, out AnswerHead head, out Answer? answer)
    {
        answer = null;
        while (AnswerHead.TryRead(connection.Received.Span, out head, out var bytes))
        {
            var isInterim = head.Status is >= 100 and < 200 and not StatusCodes.Status101SwitchingProtocols;
            if (!isInterim)
            {
                var lines = connection.Received.Span[..bytes];
                answer = wantsHeaders
                    ? new Answer(head.Status, AnswerHead.Reason(lines), AnswerHead.Headers(lines), SpooledBody.Empty)
                    : new Answer(head.Status, null, [], SpooledBody.Empty);
            }

            connection.Take(bytes);
            if (!isInterim)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Null, or how the connection broke on the way: the application may have answered before it had read all, and closed.</summary>
    private async ValueTask<SocketException?> SendRequestAsync(ApplicationConnection connection, RecordedWrite write, Guid chain, bool isRedelivery, Activity? span)
    {
        var bytes = _requests.Build(write, chain, isRedelivery, out var length, out var isBodyIn);
        if (span is not null)
        {
            DeliverySpan.Name(bytes.AsSpan(0, length - (isBodyIn ? write.Body!.Value.Length : 0)), span);
        }

        try
        {
            await connection.SendAsync(bytes.AsMemory(0, length));
            if (!isBodyIn)
            {
                await SendBodyAsync(connection, write);
            }

            return null;
        }
        catch (SocketException e)
        {
            return e;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static async ValueTask SendBodyAsync(ApplicationConnection connection, RecordedWrite write)
    {
        if (write.Body is { } body)
        {
            await connection.SendAsync(body);
            return;
        }

        var piece = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            await using var stream = write.OpenBody();
            for (int count; (count = await stream.ReadAsync(piece.AsMemory(0, CopyBytes))) > 0;)
            {
                await connection.SendAsync(piece.AsMemory(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
