// Members by their own answers, and peers by the leader's.

import { h, known, unknown } from './dom.js';
import { count } from './format.js';
import { mark } from './marks.js';
import { table } from './table.js';
import { ago } from './time.js';

const MEMBERS = [
  { label: 'Member' }, { label: 'Role' }, { label: 'Node', num: true }, { label: 'Follows', num: true }, { label: 'Term', num: true },
  { label: 'Commit', num: true }, { label: 'Applied', num: true }, { label: 'Lag', num: true }, { label: 'Last answer', num: true },
  { label: 'Outcome' }, { label: 'Safe to restart' },
];

export const members = ({ memberList }, now) => table('Each member by its own answer; lag in entries, as the leader sees it', MEMBERS,
  memberList.map(member => ({
    key: member.name,
    class: member.up === false && 'down',
    cells: [
      h('span', { class: 'named' }, mark(member.up === null ? 'unknown' : member.up ? 'good' : 'page'), h('span', {}, member.name)),
      known(member.state, state => h('span', { class: state === 'leader' && 'strong' }, role(member, state))),
      member.nodeId, member.leaderNodeId === '0' ? h('span', { class: 'odd' }, 'none') : member.leaderNodeId,
      member.term, member.commit, applied(member), known(member.lagEntries, count), known(member.lastAnswer, at => ago(at, now)),
      outcome(member, now), known(member.safeToRestart, safe => (safe ? 'yes' : h('span', { class: 'odd' }, 'no'))),
    ],
  })));

const role = (member, state) => `${state.replace('_', '-')}${member.readOnly ? ', read-only' : ''}`;

/** The index, and how many committed entries it has not reached. */
function applied({ applied: index, unappliedEntries: waiting }) {
  return index === null ? unknown() : waiting > 0 ? [index, ' ', h('small', {}, `(${count(waiting)} behind)`)] : index;
}

function outcome({ up, outcome: word, detail, since }, now) {
  if (word === null) return unknown();
  if (up) return word;
  return [h('span', { class: 'odd' }, word), detail && `: ${detail}`, since !== null && [', ', ago(since, now, 'for')]];
}

const PEERS = [
  { label: 'Host' }, { label: 'Node', num: true }, { label: 'Kind' }, { label: 'State' }, { label: 'Match', num: true },
  { label: 'Lag', num: true }, { label: 'Active' },
];

export const peers = list => table('Who belongs to the cluster, and how far each has come', PEERS, list.map(peer => ({
  key: peer.id,
  cells: [
    peer.host, peer.id, peer.isLeader ? h('span', { class: 'strong' }, 'leader') : peer.learner ? 'learner' : 'voter', known(peer.state, state => state + progress(peer)),
    peer.match, known(peer.lagEntries, count), known(peer.active, active => (active ? 'yes' : h('span', { class: 'odd' }, 'no'))),
  ],
})));

const progress = ({ paused, pendingSnapshot }) =>
  (paused ? ', paused' : '') + (pendingSnapshot !== null && pendingSnapshot !== '0' ? `, snapshot ${pendingSnapshot} pending` : '');
