// One cluster in the list.

import { bar } from './bar.js';
import { h, known, morph, unknown } from './dom.js';
import { count, percent } from './format.js';
import { addressOf, findings, levelOf, verdict } from './marks.js';

const MOST_FINDINGS = 3;

export const COLUMNS = [
  { label: 'Cluster' },
  { label: 'Verdict and findings' },
  { label: 'Leader' },
  { label: 'Members up', num: true },
  { label: 'May still fail', num: true },
  { label: 'Broken disks', num: true },
  { label: 'Writable space' },
];

export class Row {
  #shown;
  #polled;

  constructor(cluster) {
    this.element = drawn(cluster);
    this.#note(cluster);
  }

  /** Shows what is new; whether the verdict is another now, which people are told. */
  change(cluster) {
    if (this.#shown === JSON.stringify(cluster)) return false;
    const [level, polled, hidden] = [this.level, this.#polled, this.element.hidden];
    morph(this.element, drawn(cluster));
    this.element.hidden = hidden;
    this.#note(cluster);
    return polled && this.level !== level;
  }

  #note(cluster) {
    this.#shown = JSON.stringify(cluster);
    this.#polled = cluster.polledOnce;
    this.level = levelOf(cluster);
    /** How bad it is: 0 is healthy. */
    this.rank = cluster.pages * 1e6 + cluster.tickets * 10 + (this.level === 'unknown' ? 1 : 0);
    /** What it is found by. */
    this.text = [cluster.name, cluster.words, cluster.leader?.member ?? '', ...cluster.memberNames, ...cluster.findings.flatMap(finding => [finding.name, finding.subject])]
      .join('\n').toLowerCase();
  }
}

function drawn(cluster) {
  const more = cluster.pages + cluster.tickets - MOST_FINDINGS;
  const content = [
    [verdict(cluster), cluster.findings.length > 0 && h('ul', { class: 'findings' },
      findings(cluster.findings.slice(0, MOST_FINDINGS)), more > 0 && h('li', { class: 'more' }, `and ${count(more)} more`))],
    leader(cluster.leader),
    h('span', { class: cluster.membersUp < cluster.members && 'odd' }, `${count(cluster.membersUp)} of ${count(cluster.members)}`),
    known(cluster.margin, margin => h('span', { class: margin <= 0 && cluster.members > 1 && 'odd' }, count(margin))),
    known(cluster.brokenDisks, disks => h('span', { class: disks > 0 && 'odd' }, count(disks))),
    space(cluster),
  ];
  return h('tr', { role: 'row', class: levelOf(cluster) },
    h('th', { scope: 'row', role: 'rowheader' }, h('a', { href: addressOf(cluster.name) }, cluster.name)),
    content.map((value, i) => h('td', { role: 'cell', class: COLUMNS[i + 1].num && 'num', 'data-of': COLUMNS[i + 1].label }, value)));
}

function leader(of) {
  if (of === null) return h('span', { class: 'odd' }, 'none known');
  return [of.member ?? `node ${of.nodeId}`, of.answers === false && h('span', { class: 'odd' }, ', does not answer')];
}

function space({ totalBytes, writableBytes }) {
  const share = totalBytes === null || writableBytes === null ? null : percent(writableBytes, totalBytes);
  return share === null
    ? unknown()
    : h('span', { class: 'share' }, bar([{ share: writableBytes / totalBytes, class: 'data' }]), h('span', { class: 'num' }, share));
}
