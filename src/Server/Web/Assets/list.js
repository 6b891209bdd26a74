// The list of clusters: with one as with a thousand. Rows are built once, changed in place, and hidden by the search.

import { h, morph } from './dom.js';
import { count, counted } from './format.js';
import { COLUMNS, Row } from './row.js';
import { Search } from './search.js';

const LEVELS = [['page', 'with a page'], ['ticket', 'with tickets'], ['unknown', 'not known'], ['good', 'healthy']];

export class ListView {
  address = 'api/v1/clusters';
  title = 'Clusters';
  heading = h('h1', { tabindex: '-1' }, 'Clusters');
  #clusters = null;
  #rows = new Map(); // by the cluster's name, in the configured order
  #summary = h('p', { class: 'summary' });
  #body = h('tbody', { role: 'rowgroup' });
  #none = h('p', { class: 'none', hidden: true }, 'No cluster matches.');
  #search;

  constructor(announce) {
    this.#search = new Search(() => this.#filter(), announce);
    this.element = h('div', { class: 'list' },
      h('div', { class: 'head' }, this.heading, this.#summary),
      this.#search.element,
      h('table', { class: 'cards clusters', role: 'table' },
        h('caption', { class: 'spoken' }, 'Clusters'),
        h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, COLUMNS.map(column =>
          h('th', { scope: 'col', role: 'columnheader', class: column.num && 'num' }, column.label)))),
        this.#body),
      this.#none);
  }

  /** Comes to be shown: what the address says is searched for. */
  enter() {
    this.#search.read();
    this.#filter();
  }

  leave() {
    this.#search.remember();
  }

  /** The address is another already: nothing is written into it. */
  rest() {
    this.#search.rest();
  }

  find() {
    this.#search.focus();
  }

  get filled() {
    return this.#rows.size > 0;
  }

  gone() {}

  /** What a person must be told: the verdicts that have changed. */
  show({ clusters }) {
    if (clusters === this.#clusters) return [];
    this.#clusters = clusters;
    const told = [];
    const before = this.#rows;
    this.#rows = new Map(clusters.map(cluster => {
      const row = before.get(cluster.name) ?? new Row(cluster);
      if (row.change(cluster)) told.push(`${cluster.name}: ${cluster.words}`);
      return [cluster.name, row];
    }));
    this.#filter();
    this.#summarize();
    return told.length > 3 ? [`The verdict of ${counted(told.length, 'cluster')} has changed.`] : told;
  }

  /** Runs at every keystroke: hides and shows, and builds nothing. */
  #filter() {
    const rows = [...this.#rows.values()];
    const { text, onlyFindings } = this.#search;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const matches = !(onlyFindings && row.rank === 0) && words.every(word => row.text.includes(word));
      if (row.element.hidden === matches) row.element.hidden = !matches;
      if (matches) shown++;
    }
    // As configured; where only the broken ones are asked for, the worst come first.
    arrange(this.#body, onlyFindings ? rows.sort((a, b) => b.rank - a.rank) : rows);
    this.#none.hidden = shown > 0 || rows.length === 0;
    this.#search.say(shown, rows.length);
  }

  #summarize() {
    const of = Map.groupBy(this.#rows.values(), row => row.level);
    const [all, well] = [this.#rows.size, of.get('good')?.length ?? 0];
    morph(this.#summary, h('p', { class: 'summary' }, LEVELS.filter(([level]) => of.has(level)).map(([level, words]) =>
      h('span', { class: level }, h('b', {}, count(of.get(level).length)), ` ${words} `))));
    this.title = well === all ? `${counted(all, 'cluster')}, all healthy` : `${count(all - well)} of ${counted(all, 'cluster')} not healthy`;
  }
}

/** Moves only what does not stand where it should. */
function arrange(body, rows) {
  let at = body.firstElementChild;
  for (const { element } of rows) {
    if (element === at) at = at.nextElementSibling;
    else body.insertBefore(element, at);
  }
  while (at !== null) {
    const gone = at;
    at = at.nextElementSibling;
    gone.remove();
  }
}
