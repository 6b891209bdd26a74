// Shows the age of the page. When the page is no longer kept up to date, it turns grey, and the tab says so too.

import { clock, span } from './times.js';

/** Without new data for this many poll intervals, and at least this time, the exporter itself has a problem. */
const [LATE_INTERVALS, LATE_MS] = [4, 60_000];

export class Connection {
  #freshness = document.querySelector('.freshness');
  #lost = document.querySelector('.lost');
  #icon = document.querySelector('link[rel=icon]');
  #shown = { title: document.title, icon: this.#icon.getAttribute('href') };
  #announce;
  #feed = null;
  #at = NaN;
  #failure = null;
  /** True between the page becoming visible again and the next answer: its age then says nothing about the exporter. */
  #awaits = false;

  constructor(announce) {
    this.#announce = announce;
    setInterval(() => document.hidden || this.#show(), 1000);
    document.addEventListener('visibilitychange', () => (this.#awaits = true));
  }

  /** Sets the title and icon of the tab, shown while the page is up to date. */
  entitle(title, icon) {
    this.#shown = { title, icon };
    this.#tab();
  }

  /** Takes the result of the last read and its time. */
  heard(result, feed) {
    this.#feed = feed;
    this.#awaits = false;
    if (result.page) this.#at = result.page.at;
    const before = this.#failure !== null;
    this.#failure = result.failure ?? null;
    this.#show();
    if (before !== (this.#failure !== null)) this.#announce([before ? 'The exporter answers again.' : this.#failure]);
  }

  #show() {
    const now = this.#feed?.now ?? null;
    const [known, age] = [now !== null && !Number.isNaN(this.#at), now - this.#at];
    const late = known && !this.#awaits && age > Math.max(LATE_MS, LATE_INTERVALS * this.#feed.seconds * 1000);
    this.#freshness.textContent = known ? `As of ${clock(this.#at, now)} UTC` : '';
    const reason = this.#failure ?? (late ? 'The exporter answers, but has not polled lately.' : null);
    this.#lost.hidden = reason === null;
    document.documentElement.classList.toggle('stale', reason !== null);
    this.#tab();
    if (reason === null) return;
    const since = known ? ` What is shown is stale since ${clock(this.#at, now)} UTC, for ${span(age)}.` : '';
    this.#lost.textContent = `${reason}${since}${this.#failure === null ? '' : ' Trying again.'}`;
  }

  #tab() {
    const stale = !this.#lost.hidden;
    const { title: last, icon: known } = this.#shown;
    const [title, icon] = stale ? [`Stale! was ${last}`, 'assets/icon-unknown.svg'] : [last, known];
    if (document.title !== title) document.title = title;
    if (this.#icon.getAttribute('href') !== icon) this.#icon.setAttribute('href', icon);
  }
}
