// The simulated clusters, what happens to them, and which drawings are made.

export const Clusters = [
  { name: 'healthy', scenario: 'healthy', config: ['    tasks: { disk_repair: enabled }'] },
  { name: 'quorum-lost', scenario: 'healthy' },
  { name: 'repair', scenario: 'healthy' },
  { name: 'space', scenario: 'healthy' },
  { name: 'blind', scenario: 'healthy' },
];

/**
 * What happens, in two acts, each of which lasts until its conditions hold. A line is typed into the demo at a number
 * of seconds after its act began. A repair has 37 jobs, one every two seconds, and is drawn while it is under way.
 */
export const Story = [
  {
    lines: [
      [0, 'space', 'fill 8000'],
      [15, 'quorum-lost', 'kill 1'],
      [15, 'quorum-lost', 'kill 2'],
      [15, 'blind', 'kill 1'],
      [15, 'blind', 'kill 2'],
      [15, 'blind', 'kill 3'],
      [20, 'healthy', 'transfer 2'],
      [21, 'healthy', 'transfer 3'],
      [30, 'repair', 'switch balance Enable'],
    ],
    until: [
      [
        'quorum-lost and blind page',
        'count(count by (cluster) (ALERTS{alertstate="firing",severity="page",cluster=~"quorum-lost|blind"})) == 2',
      ],
      [
        'members that are down are tickets',
        'count(ALERTS{alertname="ClustermgrMemberDown",alertstate="firing",cluster="quorum-lost"}) == 2',
      ],
      [
        'the space runs out',
        'count(ALERTS{alertname="ClustermgrWritableSpaceCritical",alertstate="firing",cluster="space"})',
      ],
      [
        'the switch of no effect is a ticket',
        'count(ALERTS{alertname="ClustermgrTaskSwitchIneffective",alertstate="firing",cluster="repair"})',
      ],
      ['what the lost quorum listed is stale', 'absent(clustermgr_service_instances{cluster="quorum-lost"})'],
    ],
  },
  {
    lines: [
      [0, 'repair', 'disk 5 broken'],
      [10, 'repair', 'disk 7 dropping'],
      // Enough disks that some still wait long afterwards.
      [15, 'repair', 'disk 20 broken'],
      [15, 'repair', 'disk 21 broken'],
      [20, 'repair', 'disk 30 broken'],
      [20, 'repair', 'disk 31 broken'],
    ],
    until: [
      ['two disks are worked on', 'count(clustermgr_disk_migration_jobs{cluster="repair",state="done"} > 4) == 2'],
      [
        'disks wait in two IDCs',
        'count(clustermgr_disks{cluster="repair",node_type="blobnode",state="broken"} > 0) == 2',
      ],
      [
        'a broken disk is a page',
        'count(ALERTS{alertname="ClustermgrDiskBroken",alertstate="firing",cluster="repair"})',
      ],
    ],
  },
];

/** The drawings: a dashboard and the selected cluster; without a cluster, all are selected. */
export const Drawings = [
  { name: 'cluster-healthy', dashboard: 'cluster', cluster: 'healthy' },
  { name: 'cluster-quorum-lost', dashboard: 'cluster', cluster: 'quorum-lost' },
  { name: 'cluster-repair', dashboard: 'cluster', cluster: 'repair' },
  { name: 'cluster-space', dashboard: 'cluster', cluster: 'space' },
  { name: 'fleet', dashboard: 'fleet' },
  { name: 'exporter', dashboard: 'exporter' },
];

export const Pictures = [
  { name: 'cluster-healthy', dashboard: 'cluster', cluster: 'healthy', mode: 'dark', expand: false, scale: 0.6 },
  {
    name: 'cluster-quorum-lost',
    dashboard: 'cluster',
    cluster: 'quorum-lost',
    mode: 'dark',
    expand: false,
    scale: 0.6,
  },
  { name: 'cluster-repair', dashboard: 'cluster', cluster: 'repair', mode: 'dark', expand: true, scale: 0.6 },
  { name: 'cluster-repair-light', dashboard: 'cluster', cluster: 'repair', mode: 'light', expand: true, scale: 0.6 },
  { name: 'cluster-space', dashboard: 'cluster', cluster: 'space', mode: 'dark', expand: true, scale: 0.6 },
  { name: 'fleet', dashboard: 'fleet', mode: 'dark', expand: true, scale: 0.6 },
  { name: 'exporter', dashboard: 'exporter', mode: 'dark', expand: true, scale: 0.6 },
];

const noHostIsShort = {
  'Hosts with few free chunks': 'no host is short, and the demo has no way to make one so; tests from end to end have',
};

const noDiskAway = {
  'Disks that are not normal': 'all disks are normal',
  'Disks under way': 'no disk is repaired or dropped',
  'Jobs done': 'no disk is repaired or dropped',
  'Since the last progress': 'no disk waits',
};

/** Panels without data in a situation, each with the reason. */
export const MayBeEmpty = {
  'cluster-healthy': { 'Firing alerts': 'nothing fires', ...noDiskAway, ...noHostIsShort },
  'cluster-quorum-lost': {
    'Data at risk': 'no leader tells of disks',
    'Broken disks': 'no leader tells of disks',
    'Disk repair': 'switches cannot be read without a quorum',
    'Tasks not running': 'switches cannot be read without a quorum',
    'Space lasts': 'no leader tells of space',
    'Disks that are not normal': 'lists cannot be read without a quorum',
    'Disks under way': 'no disk was worked on',
    'Jobs done': 'no disk was worked on',
    'Since the last progress': 'no disk waits',
    'Disks by IDC': 'no leader tells of disks',
    Services: 'lists cannot be read without a quorum',
    ...noHostIsShort,
  },
  'cluster-repair': noHostIsShort,
  'cluster-space': { ...noDiskAway, ...noHostIsShort },
  fleet: {},
  exporter: { 'Answers not as known': 'every member answers as is known' },
};

/** The required meaning of the colours of a panel or table column in a situation; good if not listed. */
export const Meanings = {
  'cluster-healthy': {},
  'cluster-quorum-lost': {
    Leader: 'bad',
    'Quorum reads': 'bad',
    'May still fail': 'bad',
    'Firing alerts/severity': ['bad', 'warn'],
    'Members/answers': 'warn',
    'Members/leader': 'warn',
    'Members/safe to restart': 'warn',
    'Members over time': 'warn',
    'Leader that each member names': 'warn',
    'Background tasks': 'unknown',
  },
  'cluster-repair': {
    'Data at risk': 'bad',
    'Broken disks': 'bad',
    'Tasks not running': 'warn', // a switch is set to Enable, which has no effect
    'Space lasts': 'bad', // the space of six disks went away within two minutes
    'Firing alerts/severity': ['bad', 'warn'],
    'Disks that are not normal/state': ['bad', 'warn'],
    'Background tasks': 'warn',
    'Disks by IDC/broken': 'bad',
    'Switches/state': 'warn',
  },
  'cluster-space': { 'Space lasts': 'bad', 'Firing alerts/severity': 'bad' },
  fleet: {
    'Nobody answers': 'bad',
    'Without a leader': 'bad',
    'None may fail': 'bad',
    'Nearly full': 'bad',
    'With broken disks': 'bad',
    'Clusters/pages': 'bad',
    'Clusters/tickets': 'warn',
    'Clusters/leader': 'bad',
    'Clusters/quorum reads': 'bad',
    'Clusters/may fail': 'bad',
    'Clusters/broken disks': 'bad',
    'Clusters/writable': 'bad',
    'Clusters/space lasts': 'bad',
  },
  exporter: { 'Members without an answer': 'warn' },
};
