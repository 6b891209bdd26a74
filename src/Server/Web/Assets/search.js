// What is searched for in the list of clusters: by text, and only those that are not healthy. The address remembers it.

import { h } from './dom.js';
import { count, counted } from './format.js';

const PAUSE_MS = 400;

export class Search {
  #input = h('input', { id: 'q', name: 'q', type: 'search', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'shown', 'aria-keyshortcuts': '/' });
  #box = h('input', { id: 'findings', name: 'findings', type: 'checkbox', value: '1' });
  #shown = h('p', { id: 'shown', class: 'shown' });
  #later = null;

  constructor(changed, announce) {
    this.element = h('form', { role: 'search', class: 'search' },
      h('label', { for: 'q' }, 'Search clusters'), this.#input, h('kbd', { 'aria-hidden': 'true', title: 'press / to search' }, '/'),
      h('span', { class: 'only' }, this.#box, h('label', { for: 'findings' }, 'Only those with findings')),
      this.#shown);
    const typed = () => {
      changed();
      // Every letter is filtered at once; the address and a screen reader get what was meant in the end.
      clearTimeout(this.#later);
      this.#later = setTimeout(() => {
        this.remember();
        announce([this.#shown.textContent]);
      }, PAUSE_MS);
    };
    this.#input.addEventListener('input', typed);
    this.#box.addEventListener('change', typed);
    this.element.addEventListener('submit', event => event.preventDefault());
    this.#input.addEventListener('keydown', event => {
      if (event.key !== 'Escape') return;
      this.#input.value = '';
      typed();
    });
    this.read();
  }

  get text() {
    return this.#input.value;
  }

  get onlyFindings() {
    return this.#box.checked;
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  /** From the address. */
  read() {
    this.rest();
    const asked = new URLSearchParams(location.search);
    this.#input.value = asked.get('q') ?? '';
    this.#box.checked = asked.get('findings') === '1';
  }

  say(shown, all) {
    const text = shown === all ? counted(all, 'cluster') : `${count(shown)} of ${counted(all, 'cluster')}`;
    if (this.#shown.textContent !== text) this.#shown.textContent = text;
  }

  rest() {
    clearTimeout(this.#later);
  }

  /** Into the address, so that it can be passed on and found again. */
  remember() {
    this.rest();
    const asked = new URLSearchParams();
    if (this.text.trim()) asked.set('q', this.text.trim());
    if (this.onlyFindings) asked.set('findings', '1');
    history.replaceState(history.state, '', asked.size > 0 ? `?${asked}` : './');
  }
}
