// One cluster: the verdict first, then what one asks next, in that order.

import { disks, disksNotNormal } from './disks.js';
import { h, morph } from './dom.js';
import { essentials } from './essentials.js';
import { findings, levelOf, verdict } from './marks.js';
import { members, peers } from './members.js';
import { raftHistory } from './plots.js';
import { space } from './space.js';
import { services, switches, volumes } from './tasks.js';
import { timeline } from './timeline.js';

export class DetailView {
  heading = h('h1', { tabindex: '-1' });
  #level = null;
  #content = h('div', { class: 'content' });

  /** The list is where one came from; null where no other cluster is watched. */
  constructor(name, list) {
    this.address = `api/v1/clusters/${encodeURIComponent(name)}`;
    this.title = name;
    this.heading.textContent = name;
    this.element = h('div', { class: 'detail' },
      list && h('p', { class: 'up' }, h('a', { href: list }, 'All clusters')), this.heading, this.#content);
  }

  enter() {}

  /** What a person must be told: the verdict, when it is another. */
  show({ cluster, at }, now) {
    const [before, level] = [this.#level, levelOf(cluster)];
    this.#level = cluster.polledOnce ? `${level} ${cluster.pages} ${cluster.tickets}` : null;
    this.title = `${cluster.words}: ${cluster.name}`;
    this.#content = morph(this.#content, drawn(cluster, now, Date.parse(at)));
    return before !== null && this.#level !== null && before !== this.#level ? [`${cluster.name}: ${cluster.words}`] : [];
  }

  /** It is no longer there. */
  gone(sentence) {
    this.title = 'No such cluster';
    this.#content = morph(this.#content, h('div', { class: 'content' }, h('p', { class: 'none' }, sentence)));
  }
}

function drawn(cluster, now, at) {
  return h('div', { class: 'content' },
    h('p', { class: 'words' }, verdict(cluster)),
    cluster.findings.length > 0 && h('ul', { class: 'findings panel', 'aria-label': 'Findings', 'data-key': 'findings' }, findings(cluster.findings, now)),
    essentials(cluster, now),
    h('div', { class: 'sections', 'data-key': 'sections' },
      column('wide', section('Members', members(cluster, now))),
      column('major',
        section('Disks', disks(cluster), disksNotNormal(cluster.disks, now)),
        section('Task switches', switches(cluster.switches, now)),
        section('What happened', timeline(cluster.events, now))),
      column('minor',
        section('Space', space(cluster, now, at)),
        section('Raft', raftHistory(cluster, now, at)),
        section('Services and volumes', services(cluster.services), volumes(cluster.volumes))),
      cluster.peers.length > 0 && h('div', { class: 'wide', 'data-key': 'peers' }, section('Peers, as the leader lists them', peers(cluster.peers)))));
}

const column = (size, ...sections) => h('div', { class: size, 'data-key': size }, sections);

const section = (title, ...content) => {
  const id = title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  return h('section', { class: 'panel', 'aria-labelledby': id, 'data-key': id }, h('h2', { id }, title), content);
};
