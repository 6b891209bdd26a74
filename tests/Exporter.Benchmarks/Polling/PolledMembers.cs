using System.Globalization;

namespace ClustermgrExporter.Benchmarks.Polling;

/// <summary>The polls of /stat of each member, according to an exposition.</summary>
internal sealed class PolledMembers
{
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);

    public static PolledMembers Read(string exposition)
    {
        var read = new PolledMembers();
        foreach (var line in exposition.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("clustermgr_up{"))
            {
                read.Of(line).Up = Value(line) == 1;
            }
            if (!line.Contains("endpoint=\"stat\"", StringComparison.Ordinal))
            {
                continue;
            }
            if (line.StartsWith("clustermgr_polls_total{"))
            {
                var polls = (long)Value(line);
                if (line.Contains("outcome=\"ok\"", StringComparison.Ordinal))
                {
                    read.Of(line).Succeeded = polls;
                }
                else
                {
                    read.Of(line).Failed += polls;
                }
            }
            else if (line.StartsWith("clustermgr_poll_last_success_timestamp_seconds{"))
            {
                read.Of(line).LastSuccess = Value(line);
            }
            else if (line.StartsWith("clustermgr_poll_duration_seconds{"))
            {
                read.Of(line).Seconds = Value(line);
            }
        }
        return read;
    }

    /// <summary>Whether every member is up and was polled at every tick since <paramref name="before"/>; reports
    /// deviations, and how far polls strayed from their schedule.</summary>
    public bool Check(PolledMembers before, int members, TimeSpan elapsed, TimeSpan interval)
    {
        var up = _members.Values.Count(member => member.Up);
        // Between two scrapes there is one poll per interval; depending on the phase there may be one more or less.
        var least = (long)Math.Floor(elapsed / interval);
        var most = (long)Math.Ceiling(elapsed / interval) + 1;
        var polls = _members.Select(member => member.Value.Succeeded - before._members[member.Key].Succeeded).ToList();
        var failed = _members.Sum(member => member.Value.Failed - before._members[member.Key].Failed);
        var stray = _members.Max(member =>
            GetDeviation(member.Value.LastSuccess - before._members[member.Key].LastSuccess, interval.TotalSeconds)
        );
        Report.Line(
            $"  {up} of {members} members up; {polls.Min()} to {polls.Max()} polls a member ({least} to {most} "
                + $"expected), "
                + $"{failed} failed; a poll strayed {stray * 1000:0} ms from its beat at most, the last ones took "
                + $"{_members.Values.Max(member => member.Seconds) * 1000:0.0} ms at most"
        );
        var good =
            up == members && _members.Count == members && failed == 0 && polls.Min() >= least && polls.Max() <= most;
        if (!good)
        {
            Console.Error.WriteLine(
                "polls failed or were left out: the figures above are not those of a working exporter"
            );
        }
        return good;
    }

    /// <summary>How far the time between two polls is from a whole number of intervals.</summary>
    private static double GetDeviation(double seconds, double interval) =>
        Math.Abs(seconds - (Math.Round(seconds / interval) * interval));

    private Member Of(ReadOnlySpan<char> line)
    {
        // name{cluster="…",member="…",…: member names repeat in no cluster of ours, since they are ports of one host.
        var from = line.IndexOf("member=\"", StringComparison.Ordinal) + "member=\"".Length;
        var name = line[from..(from + line[from..].IndexOf('"'))].ToString();
        if (!_members.TryGetValue(name, out var member))
        {
            _members.Add(name, member = new Member());
        }
        return member;
    }

    private static double Value(ReadOnlySpan<char> line) =>
        double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);

    private sealed class Member
    {
        public bool Up { get; set; }
        public long Succeeded { get; set; }
        public long Failed { get; set; }
        public double LastSuccess { get; set; }
        public double Seconds { get; set; }
    }
}
