// The list of clusters: what is searched for is hidden and shown at every keystroke, and nothing is built. The address
// remembers it.

const PAUSE_MS = 400;
const counts = new Intl.NumberFormat('en');

export class List {
  #main;
  #announce;
  #later = null;

  constructor(main, announce) {
    [this.#main, this.#announce] = [main, announce];
    // Until the whole list is there, the form searches as it does without a script.
    const live = () => document.documentElement.classList.contains('live');
    main.addEventListener('input', ({ target }) => live() && target.closest('.search') && this.#typed());
    main.addEventListener('submit', event => live() && event.preventDefault());
    main.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || event.target.id !== 'q' || !live()) return;
      event.target.value = '';
      this.#typed();
    });
  }

  get isShown() {
    return this.#main.querySelector('.clusters') !== null;
  }

  /** Into the field for the search. */
  find() {
    const { text } = fieldsOf(this.#main);
    text.focus();
    text.select();
  }

  /** What the address says is searched for, into the fields. */
  read() {
    this.rest();
    if (!this.isShown) return;
    const [fields, asked] = [fieldsOf(this.#main), new URLSearchParams(location.search)];
    fields.text.value = asked.get('q') ?? '';
    fields.only.checked = asked.get('findings') === '1';
  }

  /** Into the address, so that it can be passed on and found again. */
  remember() {
    this.rest();
    // The address may be that of a cluster already whose page has not come yet.
    if (!this.isShown || new URLSearchParams(location.search).get('cluster')) return;
    const [fields, asked] = [fieldsOf(this.#main), new URLSearchParams()];
    if (fields.text.value.trim()) asked.set('q', fields.text.value.trim());
    if (fields.only.checked) asked.set('findings', '1');
    history.replaceState(history.state, '', asked.size > 0 ? `?${asked}` : './');
  }

  /** The address is another already: nothing is written into it. */
  rest() {
    clearTimeout(this.#later);
  }

  /** Hides what does not match what stands in the fields, on the page or in one that was fetched. */
  filter(root) {
    const body = root.querySelector('.clusters tbody');
    if (body === null) return;
    const { text, only } = fieldsOf(this.isShown ? this.#main : root);
    // By letter, as the exporter did with what is searched: toLowerCase alone knows the end of a Greek word.
    const words = [...text.value].map(letter => letter.toLowerCase()).join('').split(/\s+/).filter(Boolean);
    const rows = [...body.rows];
    let shown = 0;
    for (const row of rows) {
      const matches = !(only.checked && row.dataset.rank === '0') && words.every(word => row.dataset.find.includes(word));
      if (row.hidden === matches) row.hidden = !matches;
      if (matches) shown++;
    }
    // As configured; where only the broken ones are asked for, the worst come first.
    const [bad, early] = [(a, b) => b.dataset.rank - a.dataset.rank, (a, b) => a.dataset.place - b.dataset.place];
    arrange(body, rows.sort(only.checked ? (a, b) => bad(a, b) || early(a, b) : early));
    root.querySelector('.list > .none').hidden = shown > 0 || rows.length === 0;
    const all = `${counts.format(rows.length)} cluster${rows.length === 1 ? '' : 's'}`;
    const says = root.querySelector('#shown');
    const sentence = shown === rows.length ? all : `${counts.format(shown)} of ${all}`;
    if (says.textContent !== sentence) says.textContent = sentence;
  }

  /** Every letter is filtered at once; the address and a screen reader get what was meant in the end. */
  #typed() {
    this.filter(this.#main);
    this.rest();
    this.#later = setTimeout(() => {
      this.remember();
      this.#announce([this.#main.querySelector('#shown').textContent]);
    }, PAUSE_MS);
  }
}

const fieldsOf = root => ({ text: root.querySelector('#q'), only: root.querySelector('#findings') });

/** Moves only what does not stand where it should. */
function arrange(body, rows) {
  let at = body.firstElementChild;
  for (const row of rows) {
    if (row === at) at = at.nextElementSibling;
    else body.insertBefore(row, at);
  }
}
