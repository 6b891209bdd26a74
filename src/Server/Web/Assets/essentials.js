// What a person on call asks first, in one line of figures.

import { h, known } from './dom.js';
import { bytes, count, counted, percent } from './format.js';
import { MISSPELT } from './tasks.js';

export function essentials(cluster) {
  return h('dl', { class: 'essentials', 'data-key': 'essentials' },
    leader(cluster),
    tile('Members up', `${count(cluster.membersUp)} of ${count(cluster.members)}`, null, cluster.membersUp < cluster.members),
    tile('May still fail', known(cluster.margin, count),
      cluster.voters === null ? null : `${counted(cluster.voters, 'voter')}, quorum ${known(cluster.quorum)}`, cluster.margin !== null && cluster.margin <= 0 && cluster.members > 1),
    tile('Quorum reads', known(cluster.linearizableReadUp, up => (up ? 'work' : 'fail')), null, cluster.linearizableReadUp === false),
    tile('Broken disks', known(cluster.brokenDisks, count), cluster.expiredDisks === null ? null : `${count(cluster.expiredDisks)} expired`,
      cluster.brokenDisks > 0 || cluster.expiredDisks > 0),
    tasks(cluster.switches),
    writable(cluster));
}

function leader({ leader: of }) {
  if (of === null) return tile('Leader', 'none known', null, true);
  const where = `node ${of.nodeId}, term ${of.term}`;
  return tile('Leader', of.member ?? `node ${of.nodeId}`, of.answers === false ? `${where}, does not answer` : where, of.answers === false);
}

function tasks(all) {
  // The misspelt key is read by nothing: it counts where somebody set it, and then it is ineffective.
  const list = all.filter(entry => !(entry.key === MISSPELT && entry.state === 'unset'));
  const of = state => list.filter(entry => entry.state === state).length;
  if (list.length === 0 || of('unknown') === list.length) return tile('Switches on', known(null), null, false);
  const rest = ['disabled', 'ineffective', 'unset', 'unknown'].filter(state => of(state) > 0).map(state => `${of(state)} ${state}`);
  return tile('Switches on', `${of('enabled')} of ${list.length}`, rest.join(', '), of('ineffective') > 0);
}

function writable({ totalBytes, writableBytes }) {
  return tile('Writable', known(writableBytes, bytes),
    totalBytes === null || writableBytes === null ? null : totalBytes === 0 ? 'no disk yet' : `${percent(writableBytes, totalBytes)} of ${bytes(totalBytes)}`, writableBytes === 0 && totalBytes > 0);
}

const tile = (label, value, more, odd) => h('div', { class: odd ? 'tile ill' : 'tile', 'data-key': label },
  h('dt', {}, label), h('dd', {}, h('b', {}, value), more && h('small', {}, more)));
