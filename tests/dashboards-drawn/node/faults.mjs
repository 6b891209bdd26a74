// Plants each fault into a dashboard in memory, draws it, and expects the check to report it.
import { MayBeEmpty, Meanings } from '../situations.mjs';
import { Checks } from './checks.mjs';

const everyPanel = (dashboard) => dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
const titled = (dashboard, title) => everyPanel(dashboard).find((panel) => panel.title === title);

/** The check that must find the fault, its description, and the code that plants it; by default in cluster-healthy. */
const Faults = [
  ['everything is drawn', 'a query that is no PromQL', (d) => (titled(d, 'Term').targets[0].expr = 'max(')],
  ['panels have data', 'a metric that nobody has', (d) => (titled(d, 'Term').targets[0].expr = 'clustermgr_no_term')],
  ['panels have data', 'an exception that is not needed', () => {}, { mayBeEmpty: { Term: 'planted' } }],
  ['panels have data', 'an exception for a panel that is not there', () => {}, { mayBeEmpty: { Terms: 'planted' } }],
  [
    'an empty panel says in its own words what that means',
    'a panel without words',
    (d) => delete titled(d, 'Firing alerts').fieldConfig.defaults.noValue,
  ],
  [
    'no title and no text is cut',
    'a title of a hundred letters',
    (d) => (titled(d, 'Leader').title = 'leader '.repeat(15)),
  ],
  [
    'no title and no text is cut',
    'a text that no tile can hold',
    (d) => {
      const { fieldConfig, options } = titled(d, 'Leader');
      fieldConfig.defaults.mappings[0].options[1].text = 'a leader that answers in the highest term';
      options.text = { valueSize: 40 };
    },
  ],
  [
    'every name of a legend is in sight',
    'a legend without room',
    (d) => Object.assign(titled(d, 'Disks that cannot be used').options.legend, { placement: 'bottom' }),
  ],
  [
    'every column of a table is in sight',
    'columns that are too wide',
    (d) => (titled(d, 'Members').fieldConfig.defaults.custom.minWidth = 400),
  ],
  [
    'columns have names',
    'a column that nobody renames',
    (d) => delete titled(d, 'Members').transformations.at(-1).options.renameByName['Value #A'],
  ],
  [
    'legends have names, and each another',
    'a legend of braces',
    (d) => delete titled(d, 'Term').targets[0].legendFormat,
  ],
  [
    'legends have names, and each another',
    'the same name for all',
    (d) => (titled(d, 'Term').targets[0].legendFormat = 'term'),
  ],
  [
    'no colour means the opposite',
    'red where all is well',
    (d) => (titled(d, 'Leader').fieldConfig.defaults.mappings[0].options[1].color = 'dark-red'),
  ],
  [
    'no colour means the opposite',
    'green where no leader is',
    (d) => (titled(d, 'Leader').fieldConfig.defaults.mappings[0].options[0].color = 'green'),
    { cluster: 'quorum-lost' },
  ],
  [
    'text can be read',
    'white on light green',
    (d) => (titled(d, 'Leader').fieldConfig.defaults.mappings[0].options[1].color = 'green'),
  ],
  [
    'lines can be told apart',
    'shades of one blue',
    (d) => (titled(d, 'Term').fieldConfig.defaults.color = { mode: 'shades', fixedColor: 'blue' }),
  ],
  [
    'lines can be told apart',
    'red beside green, for who sees no red',
    (d) => {
      titled(d, 'Volumes that can be allocated').fieldConfig.overrides = [
        ['allocatable', '#a5651f'],
        ['registered', '#6f7a1f'],
      ].map(([name, fixedColor]) => ({
        matcher: { id: 'byName', options: name },
        properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
      }));
    },
  ],
  [
    'a line has room above and below it',
    'an axis that ends below the line',
    (d) => (titled(d, 'Volumes that can be allocated').fieldConfig.defaults.max = 1),
  ],
  ['a line has room above and below it', 'a panel that is all legend', (d) => (titled(d, 'Term').gridPos.h = 3)],
];

/** Returns the number of faults that were not found. */
export async function findsEveryFault(drawing, dashboards, at) {
  let unseen = 0;
  for (const [check, fault, plant, { cluster = 'healthy', ...other } = {}] of Faults) {
    const dashboard = structuredClone(dashboards.cluster);
    plant(dashboard);
    const { panels } = await drawing.draw(dashboard, { ...at, cluster, mode: 'light', expand: true });
    const name = `cluster-${cluster}`;
    const found = Checks[check]({
      panels,
      mayBeEmpty: { ...MayBeEmpty[name], ...other.mayBeEmpty },
      meanings: Meanings[name],
    });
    console.log(`${found.length ? 'found ' : 'UNSEEN'} planted: ${fault}`);
    unseen += found.length ? 0 : 1;
  }
  const unplanted = Object.keys(Checks).filter((check) => Faults.every(([planted]) => planted !== check));
  unplanted.forEach((check) => console.log(`UNSEEN no fault is planted for: ${check}`));
  return unseen + unplanted.length;
}
