// Says how old is what is shown, and loudly so when it is no longer kept current.

import { h } from './dom.js';
import { clock, span } from './format.js';

/** Without news for so many poll intervals, and at least so long, the exporter itself is ill. */
const [LATE_INTERVALS, LATE_MS] = [4, 60_000];

export class Connection {
  freshness = h('p', { class: 'freshness' });
  lost = h('aside', { class: 'lost', 'aria-label': 'Connection', hidden: true });
  #announce;
  #feed = null;
  #at = null;
  #failure = null;

  constructor(announce) {
    this.#announce = announce;
    setInterval(() => document.hidden || this.#show(), 1000);
  }

  /** What the last read brought, and of when it is. */
  heard(result, feed) {
    this.#feed = feed;
    if (result.data) this.#at = Date.parse(result.data.at);
    const before = this.#failure !== null;
    this.#failure = result.failure ?? null;
    this.#show();
    if (before !== (this.#failure !== null)) this.#announce([before ? 'The exporter answers again.' : this.#failure]);
  }

  #show() {
    const now = this.#feed?.now ?? null;
    const [known, age] = [now !== null && this.#at !== null, now - this.#at];
    const late = known && age > Math.max(LATE_MS, LATE_INTERVALS * this.#feed.seconds * 1000);
    this.freshness.textContent = known ? `As of ${clock(this.#at, now)} UTC` : '';
    const reason = this.#failure ?? (late ? 'The exporter answers, but has not polled lately.' : null);
    this.lost.hidden = reason === null;
    if (reason === null) return;
    const since = known ? ` What is shown is stale since ${clock(this.#at, now)} UTC, for ${span(age)}.` : '';
    this.lost.textContent = `${reason}${since}${this.#failure === null ? '' : ' Trying again.'}`;
  }
}
