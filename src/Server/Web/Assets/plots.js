// Term and lag over the last hours.

import { count } from './format.js';
import { plot } from './plot.js';

export function raftHistory({ history: { points, stepSeconds }, memberList, leader, peers }, now, at) {
  // Terms are 64 bits wide: what is drawn is how far each is from the least, what is said is the term itself.
  const term = leader?.term ?? highest(memberList.map(member => member.term));
  const terms = [...points.map(point => point.term), term].map(text => (text === null ? null : BigInt(text)));
  const least = terms.reduce((low, term) => (term !== null && (low === null || term < low) ? term : low), null) ?? 0n;
  const above = terms.map(term => (term === null ? null : Number(term - least)));
  return [
    plot({
      title: 'Term',
      now,
      at,
      step: stepSeconds,
      stairs: true,
      format: height => String(least + BigInt(height)),
      series: [{ name: 'term', class: 'data', latest: above.at(-1), points: points.map((point, i) => [point.at, above[i]]) }],
    }),
    plot({
      title: 'Largest lag of a voter, in entries',
      now,
      at,
      step: stepSeconds,
      zero: true,
      format: count,
      series: [{ name: 'lag', class: 'data', latest: lag(peers), points: points.map(point => [point.at, point.lagEntries]) }],
    }),
  ];
}

const highest = terms => terms.filter(term => term !== null).sort((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1))[0] ?? null;

function lag(peers) {
  const known = peers.filter(peer => !peer.learner && !peer.isLeader && peer.lagEntries !== null).map(peer => peer.lagEntries);
  return known.length === 0 ? null : Math.max(...known);
}
