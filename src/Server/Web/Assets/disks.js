// Disks by IDC and state. States overlap, so each is drawn from zero on the same scale: only usable and expired, which
// are the two halves of available, share a bar.

import { bar } from './bar.js';
import { h, known } from './dom.js';
import { count, counted } from './format.js';
import { table } from './table.js';
import { ago } from './time.js';

const OTHERS = [
  ['broken', 'bad'], ['repairing', 'warn'], ['dropping', 'calm'], ['readonly', 'calm'], ['repaired', 'calm'], ['dropped', 'calm'],
];
const NAMES = { readonly: 'read-only' };
const name = state => NAMES[state] ?? state;

export function disks({ nodeTypes }) {
  if (nodeTypes.length === 0) return h('p', { class: 'none' }, 'Not known: no member answers as leader.');
  return nodeTypes.filter(inUse).map(type => (type.idcs.length === 0
    ? h('p', { class: 'none', 'data-key': type.nodeType }, `No disk of a ${type.nodeType} is registered.`)
    : h('table', { class: 'idcs', 'data-key': type.nodeType },
      h('caption', {}, `${title(type)}, by IDC`),
      h('thead', { class: 'spoken' }, h('tr', {}, h('th', { scope: 'col' }, 'IDC'), h('th', { scope: 'col' }, 'Disks'))),
      h('tbody', {}, type.idcs.map(idc => h('tr', { 'data-key': idc.idc },
        h('th', { scope: 'row' }, idc.idc), h('td', {}, bars(idc), h('p', { class: 'legend' }, words(idc)))))))));
}

/** Most clusters have no shardnodes: that is nothing to tell. */
export const inUse = type => type.nodeType === 'blobnode' || type.nodes > 0 || type.disks > 0 || type.totalBytes > 0;

const title = ({ nodeType, nodes, disks: number }) =>
  `${nodeType}s${nodes === null ? '' : `: ${counted(nodes, 'node')}`}${number === null ? '' : `${nodes === null ? ': ' : ', '}${counted(number, 'disk')}`}`;

function bars(idc) {
  if (idc.total === null || idc.total <= 0) return null;
  const share = number => (number ?? 0) / idc.total;
  const available = idc.usable === null
    ? [{ share: share(idc.available), class: 'data' }]
    : [{ share: share(idc.usable), class: 'data' }, { share: share(idc.expired), class: 'warn' }];
  return [bar(available), OTHERS.filter(([state]) => idc[state] > 0).map(([state, of]) => bar([{ share: share(idc[state]), class: of }], 'thin'))];
}

const key = of => h('i', { class: `key ${of}`, 'aria-hidden': 'true' });

/** The same in words: what is not known is said, what is 0 is left out. */
function words(idc) {
  const parts = [
    [key('data'), h('b', {}, known(idc.usable ?? idc.available, count)), ` ${idc.usable === null ? 'available' : 'usable'} of `, known(idc.total, count)],
    ...[['expired', 'warn'], ...OTHERS].filter(([state]) => idc[state] === null || idc[state] > 0).map(([state, of]) =>
      [key(of), known(idc[state], count), ` ${name(state)}`]),
    idc.chunksFree !== null && idc.chunks !== null && [`${count(idc.chunksFree)} of ${count(idc.chunks)} chunks free`],
  ].filter(Boolean);
  return parts.map((part, i) => h('span', {}, part, i < parts.length - 1 && ', '));
}

const COLUMNS = [
  { label: 'Disk' }, { label: 'State' }, { label: 'Since' }, { label: 'Host' }, { label: 'Path' }, { label: 'IDC' }, { label: 'Rack' },
];

export function disksNotNormal(list, now) {
  if (list === null || list.readAt === null) return h('p', { class: 'none', 'data-key': 'list' }, 'Which disks are not normal is not known.');
  const read = ago(list.readAt, now);
  if (list.rows.length === 0) return h('p', { class: 'none', 'data-key': 'list' }, 'No disk out of the ordinary when last read, ', read, '.');
  return h('div', { 'data-key': 'list' },
    table(list.truncated ? `The first ${count(list.rows.length)} disks that are not normal; there are more` : 'Disks that are not normal', COLUMNS,
      list.rows.map(disk => ({
        key: `${disk.id} ${disk.state}`,
        cells: [disk.id, h('span', { class: disk.state === 'broken' ? 'bad' : null }, name(disk.state)), known(disk.since, since => ago(since, now)), disk.host, disk.path, disk.idc, disk.rack],
      }))),
    h('p', { class: 'none' }, 'Read ', read, '.'));
}
