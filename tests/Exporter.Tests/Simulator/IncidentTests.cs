using ClustermgrSimulator;
using ClustermgrSimulator.Storage;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

/// <summary>
/// Compares the Simulator with the recordings: the same incident, polled in the same way, must give the same answers in
/// the same order. Delays that are random in a running cluster are set to those of the recording.
/// </summary>
public sealed class IncidentTests
{
    private static readonly Dictionary<string, string> SwitchValues = new()
    {
        ["disk_repair"] = "true",
        ["balance"] = "true",
        ["disk_drop"] = "false",
        ["blob_delete"] = "Enable",
        ["shard_repair"] = "Disable",
    };

    private static readonly Dictionary<string, string> SwitchValuesWithMisspelled = new(SwitchValues)
    {
        ["vol_inspect"] = "true",
    };

    private static readonly Timings QuickTimings = new()
    {
        Boot = Delay.Exactly(0.25),
        Rejoin = Delay.Exactly(0.05),
        Transfer = Delay.Exactly(0.1),
        HeartbeatAnswer = Delay.Exactly(0.05),
        LastHeartbeat = Delay.Exactly(0),
        FirstCheck = Delay.Exactly(24.9),
    };

    [Fact]
    public void AHealthyClusterOfMasterAnswersAsRecorded() =>
        new SimulatorIncident("healthy")
        {
            FirstLeader = 3,
            Switches = SwitchValues,
            Before = OneRepairingOneDropping,
        }.MustHappenAlike();

    [Fact]
    public void AHealthyClusterOfV35AnswersAsRecorded() =>
        new SimulatorIncident("v3.5-healthy")
        {
            Version = ServerVersion.V35,
            FirstLeader = 2,
            Switches = new[]
            {
                "disk_repair",
                "balance",
                "disk_drop",
                "blob_delete",
                "shard_repair",
                "volume_inspect",
            }.ToDictionary(key => key, _ => "true"),
        }.MustHappenAlike();

    [Fact]
    public void AKilledLeaderIsBelievedUntilTheElectionAndComesBackAsAFollower() =>
        new SimulatorIncident("leader-killed")
        {
            FirstLeader = 3,
            Switches = SwitchValues,
            Before = OneRepairingOneDropping,
            Timings = QuickTimings with
            {
                GiveUp = Delay.Between(10.05, 12),
                Election = Delay.Exactly(0.2),
                LeaderReads = Delay.Exactly(1.1),
                FollowerReads = Delay.Exactly(9.6),
            },
            Acts = new() { ["kill -9"] = c => c.Kill(3), ["restart"] = c => c.Start(3) },
        }.MustHappenAlike();

    [Fact]
    public void AHungLeaderIsReplacedAndTheNewOneBlocksItsFirstAnswers() =>
        new SimulatorIncident("leader-hung")
        {
            Seed = 4,
            FirstLeader = 2,
            Switches = SwitchValues,
            Before = OneRepairingOneDropping,
            Timings = QuickTimings with
            {
                GiveUp = Delay.Between(8, 12.2),
                Election = Delay.Exactly(0.3),
                LeaderReads = Delay.Exactly(8.2),
                FollowerReads = Delay.Exactly(0),
            },
            Acts = new() { ["SIGSTOP"] = c => c.Hang(2), ["SIGCONT"] = c => c.Resume(2) },
        }.MustHappenAlike();

    [Fact]
    public void AHungFollowerStaysReplicatingAndInactiveUntilItGoesOn() =>
        new SimulatorIncident("follower-hung")
        {
            FirstLeader = 2,
            Switches = SwitchValues,
            Before = OneRepairingOneDropping,
            Timings = QuickTimings with { FirstCheck = Delay.Exactly(25.8) },
            Acts = new() { ["SIGSTOP"] = c => c.Hang(1), ["SIGCONT"] = c => c.Resume(1) },
        }.MustHappenAlike();

    [Fact]
    public void ALeaderWithoutAQuorumClaimsToLeadThenFollowsNobodyThenAsksInVain() =>
        new SimulatorIncident("quorum-lost")
        {
            FirstLeader = 2,
            Switches = SwitchValues,
            Before = OneRepairingOneDropping,
            Timings = QuickTimings with
            {
                FirstCheck = Delay.Exactly(28.9),
                LastHeartbeat = Delay.Exactly(17),
                Campaign = Delay.Exactly(15.8),
                Election = Delay.Exactly(0.1),
                LeaderReads = Delay.Exactly(0.05),
                FollowerReads = Delay.Exactly(0),
            },
            Acts = new()
            {
                ["kill -9"] = c =>
                {
                    c.Kill(1);
                    c.Kill(3);
                },
                ["restart node 1"] = c => c.Start(1),
                ["restart node 3"] = c => c.Start(3),
            },
        }.MustHappenAlike();

    /// <summary>The new leader's first check came after 8.4 s, not 10: hence the wider tolerance.</summary>
    [Fact]
    public void ATransferMovesLeadershipWithinASecondAndATerm() =>
        new SimulatorIncident("leadership-transfer")
        {
            Tolerance = 2.1,
            FirstLeader = 3,
            Switches = SwitchValuesWithMisspelled,
            Before = AfterDisksAndSwitches,
            Timings = QuickTimings,
            Acts = new() { ["leadership transfer"] = c => c.TransferLeadership(1) },
        }.MustHappenAlike();

    [Fact]
    public void DisksAndSwitchesChangeAsRecordedEachMemberInItsOwnTime() =>
        new SimulatorIncident("disks-and-switches")
        {
            FirstLeader = 3,
            Switches = SwitchValues,
            Before = OneRepairingOneDropping,
            Timings = QuickTimings,
            Acts = new()
            {
                ["set broken"] = c => c.SetDisk(5, SimulatedDiskStatus.Broken),
                ["disk_repair=false"] = c => c.SetSwitch("disk_repair", "false"),
                ["balance=Enable"] = c => c.SetSwitch("balance", "Enable"),
                ["set repairing"] = c => c.SetDisk(5, SimulatedDiskStatus.Repairing),
                ["readonly"] = c => c.SetDiskReadonly(6, true),
                ["set repaired"] = c => c.SetDisk(5, SimulatedDiskStatus.Repaired),
                ["disk 6 drop"] = c => c.DropDisk(6),
                ["vol_inspect"] = c => c.SetSwitch("vol_inspect", "true"),
                ["disk_repair=true"] = c => c.SetSwitch("disk_repair", "true"),
                ["balance=true"] = c => c.SetSwitch("balance", "true"),
            },
        }.MustHappenAlike();

    [Fact]
    public void SilentDisksExpireAndStayAvailable() =>
        new SimulatorIncident("disks-expired")
        {
            FirstLeader = 1,
            Switches = SwitchValuesWithMisspelled,
            Before = AfterDisksAndSwitches,
            Timings = QuickTimings,
            Acts = new() { ["blobnode killed"] = c => c.KillBlobnode(c.Blobnodes[0]) },
        }.MustHappenAlike();

    [Fact]
    public void AV33LeaderKilledUnderAuthenticationIsFollowedByTenSecondsOfSilenceAnd908() =>
        new SimulatorIncident("v3.3-auth-leader-killed")
        {
            Seed = 4,
            Version = ServerVersion.V33,
            Secret = "of the recording",
            SecretSent = "of the recording",
            FirstLeader = 2,
            Disks = false,
            Switches = [],
            Timings = QuickTimings with
            {
                GiveUp = Delay.Between(11.8, 14),
                Election = Delay.Exactly(0.2),
                CheckQuorum = TimeSpan.FromSeconds(10.3),
                LeaderReads = Delay.Exactly(10),
                FollowerReads = Delay.Exactly(10),
            },
            Acts = new() { ["kill -9"] = c => c.Kill(2), ["restart"] = c => c.Start(2) },
        }.MustHappenAlike();

    [Fact]
    public void AWrongSecretBrings403WithAnEmptyBodyEverywhere() =>
        new SimulatorIncident("v3.3-auth-wrong-secret")
        {
            Version = ServerVersion.V33,
            Secret = "of the recording",
            SecretSent = "another",
            FirstLeader = 2,
            Disks = false,
            Switches = [],
        }.MustHappenAlike();

    private static void OneRepairingOneDropping(SimulatedCluster cluster)
    {
        cluster.SetDisk(2, SimulatedDiskStatus.Repairing);
        cluster.DropDisk(3);
    }

    private static void AfterDisksAndSwitches(SimulatedCluster cluster)
    {
        OneRepairingOneDropping(cluster);
        cluster.SetDisk(5, SimulatedDiskStatus.Repaired);
        cluster.DropDisk(6);
    }
}
