using BenchmarkDotNet.Attributes;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Bench.Pool;

/// <summary>
/// What one event costs the page pool when 64 slots are lent and many wait: a render gives its page back, and the pool finds the next
/// one to lend it to. The bound is 50 µs with 10,000 waiters, and allocations that do not grow with them.
/// </summary>
[MemoryDiagnoser]
public class DispatchBench
{
    private const int Slots = 64;

    private readonly List<GrantLease> granted = [];
    private PoolCore core = null!;
    private TimeSpan now;
    private long waiter;
    private int next;

    /// <summary>How many wait.</summary>
    [Params(100, 10_000)]
    public int Waiters { get; set; }

    /// <summary>Affinities among them: as many as slots, or far more.</summary>
    [Params(64, 5_000)]
    public int Affinities { get; set; }

    /// <summary>Fills the slots, then the queue.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var options = new PoolOptions
        {
            Slots = Slots, HighPrioritySlots = 0, MaxDepth = 1, RendersPerAffinity = 2, MinStandby = 0, CreationsAtOnce = 16,
            HoldDeadline = TimeSpan.FromDays(1), RetireAfterRenders = int.MaxValue, RetireAfter = TimeSpan.FromDays(1000),
        };
        core = new(new PoolRules(options));
        Run(new Started());
        for (var i = 0; i < Slots + Waiters; i++)
        {
            Want();
        }
    }

    /// <summary>A lease comes back, its page is lent again or closed and replaced, and another request arrives: three to seven events.</summary>
    [Benchmark]
    public void OneRender()
    {
        now += TimeSpan.FromMilliseconds(1);
        var lease = granted[next];
        granted.RemoveAt(next);
        next = granted.Count == 0 ? 0 : (next + 7) % granted.Count;
        Run(new LeaseCompleted(lease.Lease, PageCondition.Healthy));
        Want();
    }

    /// <summary>An event that changes nothing: what the dispatch alone costs.</summary>
    [Benchmark]
    public void NothingToDo() => core.Apply(new TimePassed(), now);

    /// <summary>The snapshot that the actor publishes after each event.</summary>
    [Benchmark]
    public object Snapshot() => core.Snapshot();

    private void Want()
    {
        waiter++;
        var affinity = $"realm:http://127.0.0.1:5100/realm-{waiter % Affinities}/";
        Run(new PageRequested(waiter, new LeaseRequest(affinity, 0, (int)(waiter % 3), TimeSpan.FromDays(1000), ShellAcceptance.FreshOrWait)));
    }

    // The browser answers at once.
    private void Run(PoolEvent happened)
    {
        var answers = new Queue<PoolEvent>([happened]);
        while (answers.TryDequeue(out var answer))
        {
            foreach (var effect in core.Apply(answer, now))
            {
                switch (effect)
                {
                    case LaunchBrowser e: answers.Enqueue(new BrowserLaunched(e.Generation)); break;
                    case CreateSlot e: answers.Enqueue(new PageBooted(e.Slot, e.Op, null)); break;
                    case ProbePage e: answers.Enqueue(new PageProbed(e.Slot, e.Op, true)); break;
                    case CloseSlot { Stage: CloseStage.Terminate } e: answers.Enqueue(new CloseStageEnded(e.Slot, e.Op, e.Stage)); break;
                    case CloseSlot e: answers.Enqueue(new SlotClosed(e.Slot, e.Op)); break;
                    case GrantLease e: granted.Add(e); break;
                }
            }
        }
    }
}
