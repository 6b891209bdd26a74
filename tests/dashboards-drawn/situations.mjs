// The clusters that are simulated, what is done to them, and what is drawn of them.

export const Clusters = [
  { name: 'healthy', scenario: 'healthy', config: ['    tasks: { disk_repair: enabled }'] },
  { name: 'quorum-lost', scenario: 'healthy' },
  { name: 'repair', scenario: 'healthy' },
  { name: 'space', scenario: 'healthy' },
  { name: 'blind', scenario: 'healthy' },
];

/** Lines for the demo, each so many seconds after every member was seen up; clusters by the order above. */
export const Story = [
  [0, 'space', 'fill 700'],
  [20, 'quorum-lost', 'kill 1'],
  [20, 'quorum-lost', 'kill 2'],
  [20, 'blind', 'kill 1'],
  [20, 'blind', 'kill 2'],
  [20, 'blind', 'kill 3'],
  [25, 'healthy', 'transfer 2'],
  [26, 'healthy', 'transfer 3'],
  [30, 'repair', 'disk 5 broken'],
  [45, 'repair', 'disk 20 broken'],
  [50, 'repair', 'disk 7 dropping'],
  [70, 'repair', 'switch balance Enable'],
];

/** After the last of it, until alerts fire and lines have a length. */
export const Length = 150;

/** What is drawn: a dashboard, and the cluster that is chosen; none where all are. */
export const Drawings = [
  { name: 'cluster-healthy', dashboard: 'cluster', cluster: 'healthy' },
  { name: 'cluster-quorum-lost', dashboard: 'cluster', cluster: 'quorum-lost' },
  { name: 'cluster-repair', dashboard: 'cluster', cluster: 'repair' },
  { name: 'cluster-space', dashboard: 'cluster', cluster: 'space' },
  { name: 'fleet', dashboard: 'fleet' },
  { name: 'exporter', dashboard: 'exporter' },
];
