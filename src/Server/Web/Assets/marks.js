// Signs that tell states apart by their shape; the colour comes second, and the word beside them first.

import { h, svg } from './dom.js';
import { ago } from './time.js';

const SHAPES = {
  good: () => [svg('circle', { cx: 8, cy: 8, r: 7 }), svg('path', { class: 'ink', d: 'M4.6 8.3 7 10.7 11.4 5.6' })],
  page: () => [svg('path', { d: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z' }), svg('path', { class: 'ink', d: 'M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2' })],
  ticket: () => [svg('path', { d: 'M8 1.2 15.4 14.6H.6z' }), svg('path', { class: 'ink', d: 'M8 6v3.8M8 12.2v.2' })],
  unknown: () => [svg('circle', { class: 'ring', cx: 8, cy: 8, r: 6.2 }), svg('path', { class: 'dash', d: 'M5.4 8h5.2' })],
  event: () => [svg('circle', { cx: 8, cy: 8, r: 3 })],
};

export const mark = level =>
  svg('svg', { class: `mark ${level}`, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' }, ...SHAPES[level]());

/** How bad it is with a cluster: page, ticket, unknown or good. */
export function levelOf(cluster) {
  if (cluster.verdict === 'healthy') return 'good';
  if (cluster.pages > 0) return 'page';
  return cluster.verdict === 'findings' ? 'ticket' : 'unknown';
}

export const verdict = cluster => h('span', { class: `verdict ${levelOf(cluster)}` }, mark(levelOf(cluster)), h('span', {}, cluster.words));

/** One line each, in their order, which is worst first; since when, where the time is given. */
export const findings = (list, now = null) => list.map(finding =>
  h('li', { class: finding.severity, 'data-key': `${finding.name} ${finding.subject}` },
    h('strong', { class: 'severity' }, finding.severity), ' ', runbook(finding), ' ', h('span', { class: 'sentence' }, finding.sentence),
    now !== null && finding.since !== null && [' ', h('span', { class: 'quiet' }, ago(finding.since, now, 'for'))]));

// An address is followed, so only one that is ours becomes a link.
const runbook = finding => (/^runbooks#[\w-]+$/.test(finding.runbook)
  ? h('a', { href: finding.runbook }, finding.name)
  : h('b', {}, finding.name));

/** Where one cluster is shown. */
export const addressOf = name => `?cluster=${encodeURIComponent(name)}`;
