// The switches of the background tasks, who runs them, and the volumes.

import { h, known } from './dom.js';
import { count } from './format.js';
import { table } from './table.js';
import { ago } from './time.js';

export const MISSPELT = 'vol_inspect';

const SWITCHES = [{ label: 'Switch' }, { label: 'State' }, { label: 'Raw value' }, { label: 'Expected' }, { label: 'Read', num: true }];

/** Only the exact value true enables; what is stored is shown as it is. */
export function switches(list, now) {
  if (list.length === 0) return h('p', { class: 'none' }, 'No switch was read.');
  return table('What the scheduler reads; only the exact value true enables', SWITCHES, list.map(entry => ({
    key: entry.key,
    cells: [
      h('code', {}, entry.key), entry.state === 'unknown' ? null : h('span', { class: state(entry) }, entry.state), raw(entry),
      entry.expected === null ? h('span', { class: 'quiet' }, entry.key === MISSPELT ? 'nothing reads it' : 'not configured') : entry.expected ? 'enabled' : 'disabled',
      known(entry.readAt, at => ago(at, now)),
    ],
  })));
}

const state = ({ state: word, expected }) => (word === 'ineffective' || (expected !== null && expected !== (word === 'enabled')) ? 'odd' : null);

const raw = ({ state: word, raw: value }) =>
  (value !== null ? h('code', {}, JSON.stringify(value)) : word === 'unset' ? h('span', { class: 'quiet' }, 'none') : null);

const SERVICES = [{ label: 'Service' }, { label: 'Online' }, { label: 'Offline' }, { label: 'Hosts offline' }];

/** A line for each service, its IDCs in it. */
export function services(list) {
  if (list.length === 0) return h('p', { class: 'none', 'data-key': 'services' }, 'No service is known.');
  const where = (entries, key) => entries.filter(entry => entry[key] > 0).map((entry, i) => [i > 0 && ', ', `${entry.idc} `, h('b', {}, count(entry[key]))]);
  const offline = entries => (entries.some(entry => entry.offline > 0)
    ? h('span', { class: 'odd' }, where(entries, 'offline'))
    : h('span', { class: 'quiet' }, 'none'));
  const hosts = entries => entries.flatMap(entry => entry.offlineHosts).map((host, i) => [i > 0 && ', ', h('code', {}, host)]);
  return table('Registered services, by IDC', SERVICES, [...Map.groupBy(list, entry => entry.service)].map(([service, entries]) => ({
    key: service,
    cells: [service, entries.some(entry => entry.online > 0) ? where(entries, 'online') : h('span', { class: 'odd' }, 'none'), offline(entries), hosts(entries)],
  })), 'narrow');
}

const VOLUMES = [['registered', 'total'], ['allocatable', 'allocatable'], ['idle', 'idle'], ['active', 'active'], ['locked', 'locked'], ['unlocking', 'unlocking']];

export function volumes(of) {
  if (of === null) return h('p', { class: 'none', 'data-key': 'volumes' }, 'Volumes are not known: no member answers as leader.');
  return h('dl', { class: 'figures', 'data-key': 'volumes' }, VOLUMES.map(([name, key]) =>
    h('div', {}, h('dt', {}, `Volumes ${name}`), h('dd', { class: 'num' }, known(of[key], count)))));
}
