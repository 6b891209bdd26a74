using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ClustermgrSimulator.Http;

namespace ClustermgrSimulator.Scheduling;

/// <summary>The endpoints of a scheduler.</summary>
internal static class SchedulerAnswers
{
    private const int Minutes = 20;

    private static readonly string NoCounts = $"[{string.Join(' ', Enumerable.Repeat("0", Minutes))}]";
    private static readonly string NoBytes = $"[{string.Join(' ', Enumerable.Repeat("0.000B", Minutes))}]";

    /// <summary>Returns null when no answer ever comes.</summary>
    public static SimulatedAnswer? Create(SimulatedScheduler scheduler, SimulatedRequest request) =>
        scheduler.Fault switch
        {
            SchedulerFault.Hang => null,
            SchedulerFault.NoLeader => SimulatedAnswer.Empty(502),
            SchedulerFault.Redirect => SimulatedAnswer.Empty(302) with
            {
                Location = "http://10.9.9.9:9800/stats/leader",
            },
            _ => request.Path switch
            {
                "/stats/leader" => AnswerStats(scheduler),
                "/stats/disk/migrating" => AnswerMigrating(scheduler, request),
                _ => new SimulatedAnswer(404, "text/plain", "404 page not found\n"u8.ToArray()),
            },
        };

    private static SimulatedAnswer AnswerMigrating(SimulatedScheduler scheduler, SimulatedRequest request)
    {
        var task = request.Text("task_type");
        if (task is not (SimulatedScheduler.Repair or SimulatedScheduler.Drop))
        {
            return SimulatedAnswer.Json(400, "{\"error\":\"illegal task type\",\"code\":\"BadRequest\"}");
        }
        var jobs = scheduler.Jobs.Find(one => one.Disk.Id == request.Number("disk_id") && one.Task == task);
        if (jobs is null)
        {
            var what = task == SimulatedScheduler.Repair ? "repairing" : "dropping";
            return SimulatedAnswer.Json(500, $"{{\"error\":\"not {what} disk\",\"code\":\"InternalServerError\"}}");
        }
        var done = scheduler.Fault == SchedulerFault.Lies ? jobs.Total + 7 : jobs.Done;
        return SimulatedAnswer.Json(
            200,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"total_tasks_cnt\":{jobs.Total},\"migrated_tasks_cnt\":{done}}}"
            )
        );
    }

    private static SimulatedAnswer AnswerStats(SimulatedScheduler scheduler)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("blobnode");
            Disks(json, scheduler, SimulatedScheduler.Repair, "repairing_disks", "repaired_tasks_cnt");
            Disks(json, scheduler, SimulatedScheduler.Drop, "dropping_disks", "dropped_tasks_cnt");
            Moves(json, "balance", scheduler.IsEnabled("balance"));
            Moves(json, "manual_migrate", null);
            json.WriteStartObject("volume_inspect");
            json.WriteBoolean("enable", scheduler.IsEnabled("volume_inspect"));
            json.WriteString("finished_per_min", NoCounts);
            json.WriteString("time_out_per_min", NoCounts);
            json.WriteEndObject();
            Messages(json, "shard_repair", scheduler.IsEnabled("shard_repair"), (long)scheduler.Errors);
            Messages(json, "blob_delete", scheduler.IsEnabled("blob_delete"), 0);
            json.WriteEndObject();
            json.WriteStartObject("shard");
            json.WriteNull("shard_disk_repair");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return SimulatedAnswer.Json(200, buffer.WrittenMemory);
    }

    private static void Disks(Utf8JsonWriter json, SimulatedScheduler scheduler, string task, string disks, string done)
    {
        var jobs = scheduler.Jobs.FindAll(one => one.Task == task);
        var left = jobs.Sum(one => one.Total - one.Done);
        json.WriteStartObject(task);
        json.WriteBoolean("enable", scheduler.IsEnabled(task));
        json.WriteStartArray(disks);
        foreach (var one in jobs)
        {
            json.WriteNumberValue(one.Disk.Id);
        }
        json.WriteEndArray();
        json.WriteNumber("total_tasks_cnt", jobs.Sum(one => one.Total));
        json.WriteNumber(done, scheduler.Fault == SchedulerFault.Lies ? -1 : jobs.Sum(one => one.Done));
        Stages(json, left);
        PerMinute(json);
        json.WriteEndObject();
    }

    private static void Moves(Utf8JsonWriter json, string task, bool? enabled)
    {
        json.WriteStartObject(task);
        if (enabled is { } known)
        {
            json.WriteBoolean("enable", known);
        }
        Stages(json, 0);
        PerMinute(json);
        json.WriteEndObject();
    }

    private static void Messages(Utf8JsonWriter json, string task, bool enabled, long errors)
    {
        json.WriteStartObject(task);
        json.WriteBoolean("enable", enabled);
        json.WriteString("success_per_min", NoCounts);
        json.WriteString("failed_per_min", NoCounts);
        json.WriteNumber("total_err_cnt", errors);
        json.WriteNull("err_stats");
        json.WriteEndObject();
    }

    /// <summary>Two at work, one at its end, the others waiting.</summary>
    private static void Stages(Utf8JsonWriter json, int left)
    {
        var working = Math.Min(left, 2);
        var finishing = Math.Min(left - working, 1);
        json.WriteNumber("preparing_cnt", left - working - finishing);
        json.WriteNumber("worker_doing_cnt", working);
        json.WriteNumber("finishing_cnt", finishing);
    }

    private static void PerMinute(Utf8JsonWriter json)
    {
        json.WriteStartObject("stats_per_min");
        json.WriteString("finished_cnt", NoCounts);
        json.WriteString("shard_cnt", NoCounts);
        json.WriteString("data_amount_byte", NoBytes);
        json.WriteEndObject();
    }
}
