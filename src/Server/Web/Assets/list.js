// The list of clusters. A search hides and shows existing rows at every keystroke. Rows are sorted by any column, by
// default the worst first, and only the first rows of a long list are shown. The address contains search and order.

import { keepingFocus } from './morph.js';

const PAUSE_MS = 400;
const MOST_ROWS = 200;
/** For this long after the pointer moved over the rows, no row moves by itself. */
const HOLD_MS = 5000;
const counts = new Intl.NumberFormat('en');

export class List {
  #main;
  #announce;
  #later = null;
  #most = MOST_ROWS;
  #sort = { by: 'verdict', reversed: false };
  #pointed = -Infinity;

  constructor(main, announce) {
    [this.#main, this.#announce] = [main, announce];
    // Until the whole list is loaded, the form searches as it does without a script.
    const live = () => document.documentElement.classList.contains('live');
    main.addEventListener('input', ({ target }) => live() && target.closest('.search') && this.#typed());
    main.addEventListener('submit', event => live() && event.preventDefault());
    main.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || event.target.id !== 'q' || !live()) return;
      event.target.value = '';
      this.#typed();
    });
    main.addEventListener('pointermove', ({ target }) => {
      if (target.closest('.clusters tbody')) this.#pointed = performance.now();
    });
    main.addEventListener('click', event => {
      const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
      if (!live() || !plain) return;
      const [head, more] = [event.target.closest('[data-sort]'), event.target.closest('[data-more]')];
      if (head !== null) {
        event.preventDefault();
        this.#sorted(head);
      } else if (more !== null) {
        this.#more(more.dataset.more);
      }
    });
  }

  get isShown() {
    return this.#main.querySelector('.clusters') !== null;
  }

  /** Focuses the search field. */
  find() {
    const { text } = fieldsOf(this.#main);
    text.focus();
    text.select();
  }

  /** Fills the fields from the address. */
  read() {
    this.rest();
    if (!this.isShown) return;
    const [fields, asked] = [fieldsOf(this.#main), new URLSearchParams(location.search)];
    fields.text.value = asked.get('q') ?? '';
    fields.only.checked = asked.get('findings') === '1';
    const sort = asked.get('sort') ?? '';
    const known = this.#main.querySelector(`[data-sort="${CSS.escape(sort.replace(/^-/, ''))}"]`) !== null;
    this.#sort = { by: known ? sort.replace(/^-/, '') : 'verdict', reversed: sort.startsWith('-') };
    this.#most = MOST_ROWS;
  }

  /** Writes search and order to the address, so that it can be shared. */
  remember() {
    this.rest();
    // The address may already be that of a cluster whose page has not been loaded yet.
    if (!this.isShown || new URLSearchParams(location.search).get('cluster')) return;
    const [fields, asked] = [fieldsOf(this.#main), new URLSearchParams()];
    if (fields.text.value.trim()) asked.set('q', fields.text.value.trim());
    if (fields.only.checked) asked.set('findings', '1');
    const { by, reversed } = this.#sort;
    if (by !== 'verdict' || reversed) asked.set('sort', `${reversed ? '-' : ''}${by}`);
    history.replaceState(history.state, '', asked.size > 0 ? `?${asked}` : './');
  }

  /** The address has changed: cancels the pending write to it. */
  rest() {
    clearTimeout(this.#later);
  }

  /** Hides rows that do not match the fields, on the page or in a fetched one, and sorts the rest. */
  filter(root) {
    const body = root.querySelector('.clusters tbody');
    if (body === null) return;
    const { text, only } = fieldsOf(this.isShown ? this.#main : root);
    const words = lower(text.value).split(/\s+/).filter(Boolean);
    const rows = this.#arranged(root, [...body.rows]);
    let found = 0;
    for (const row of rows) {
      const healthy = row.cells[1].dataset.by === '0';
      const matches = !(only.checked && healthy) && words.every(word => row.dataset.find.includes(word));
      if (matches) found++;
      const hidden = !matches || found > this.#most;
      if (row.hidden !== hidden) row.hidden = hidden;
      if (!hidden) tell(row.querySelector('.match'), why(row, words));
    }
    keepingFocus(() => arrange(body, rows));
    const none = root.querySelector('.list > .none');
    none.hidden = found > 0 || rows.length === 0;
    tell(none, (only.checked && words.length === 0 && none.dataset.well) || 'No cluster matches.');
    const all = `${counts.format(rows.length)} cluster${rows.length === 1 ? '' : 's'}`;
    tell(root.querySelector('#shown'), found === rows.length ? all : `${counts.format(found)} of ${all}`);
    const rest = root.querySelector('.list > .rest');
    rest.hidden = found <= this.#most;
    tell(rest.querySelector('span'), `The first ${counts.format(this.#most)} of ${counts.format(found)} are shown.`);
  }

  /** Sorts the rows and marks the column headers accordingly. Rows with unknown values come last. */
  #arranged(root, rows) {
    const { by, reversed } = this.#sort;
    const heads = [...root.querySelectorAll('.clusters thead [data-sort]')];
    const column = heads.findIndex(head => head.dataset.sort === by);
    const down = ('descending' in heads[column].dataset) !== reversed;
    for (const head of heads) {
      const cell = head.closest('th');
      if (head !== heads[column]) cell.removeAttribute('aria-sort');
      else cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    }
    const byText = by === 'cluster' || by === 'leader';
    const keys = new Map(rows.map(row => {
      const { by: key } = row.cells[column].dataset;
      return [row, key === undefined ? null : byText ? key : Number(key)];
    }));
    const held = root !== this.#main && performance.now() - this.#pointed < HOLD_MS;
    const standing = held ? [...this.#main.querySelectorAll('.clusters tbody tr')] : [];
    const places = new Map(standing.map((row, i) => [row.dataset.key, i]));
    const place = row => places.get(row.dataset.key) ?? Infinity;
    return rows.sort((one, other) => {
      if (held && place(one) !== place(other)) return place(one) - place(other);
      const [a, b] = [keys.get(one), keys.get(other)];
      const known = (a === null) - (b === null);
      const order = known || a === null ? known : ((a > b) - (a < b)) * (down ? -1 : 1);
      return order || one.dataset.place - other.dataset.place;
    });
  }

  #sorted(head) {
    const by = head.dataset.sort;
    this.#sort = { by, reversed: this.#sort.by === by && !this.#sort.reversed };
    this.#most = MOST_ROWS;
    this.filter(this.#main);
    this.remember();
    const order = head.closest('th').getAttribute('aria-sort');
    this.#announce([`Sorted by ${head.textContent}, ${order}.`]);
  }

  #more(rows) {
    const before = this.#most;
    this.#most = rows === 'all' ? Infinity : this.#most + Number(rows);
    this.filter(this.#main);
    const shown = this.#main.querySelectorAll('.clusters tbody tr:not([hidden])');
    shown[before]?.querySelector('a').focus();
    this.#announce([`${counts.format(shown.length)} rows are shown.`]);
  }

  /** Filters at every keystroke; the address and a screen reader get only the final text. */
  #typed() {
    this.#most = MOST_ROWS;
    this.filter(this.#main);
    this.rest();
    this.#later = setTimeout(() => {
      this.remember();
      const [shown, none] = ['#shown', '.list > .none'].map(name => this.#main.querySelector(name));
      this.#announce([none.hidden ? shown.textContent : none.textContent]);
    }, PAUSE_MS);
  }
}

const fieldsOf = root => ({ text: root.querySelector('#q'), only: root.querySelector('#findings') });

/** Letter by letter, as the exporter does: toLowerCase of a whole text treats the end of a Greek word differently. */
const lower = text => [...text].map(letter => letter.toLowerCase()).join('');

/** The matching texts that the row does not show. */
function why({ dataset: { find, hidden } }, words) {
  if (words.length === 0 || hidden === '') return '';
  const seen = find.slice(0, find.length - hidden.length);
  const unseen = words.filter(word => !seen.includes(word));
  const lines = hidden.split('\n').filter(line => unseen.some(word => lower(line).includes(word)));
  return lines.length > 0 ? `matches ${lines.join(', ')}` : '';
}

function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Moves only rows that are not in their place. */
function arrange(body, rows) {
  let at = body.firstElementChild;
  for (const row of rows) {
    if (row === at) at = at.nextElementSibling;
    else body.insertBefore(row, at);
  }
}
