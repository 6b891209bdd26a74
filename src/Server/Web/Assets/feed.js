// Fetches one page repeatedly: only when it has changed, and rarely while the tab is hidden.

const RETRY_SECONDS = 5;
/** A hidden tab still shows the state in its title and icon. */
const HIDDEN_SECONDS = 60;
const DEADLINE_SECONDS = 15;

/** The result of a read is { page } if it is new, { same: true } if it is not, or { failure } with the reason. */
export class Feed {
  #address;
  #heard;
  #tag = null;
  #timer = null;
  #reading = null;
  #clock = null;
  #looksAt = () => this.#look();

  /** Seconds between two reads; set by the exporter. */
  seconds = RETRY_SECONDS;

  constructor(address, heard) {
    this.#address = address;
    this.#heard = heard;
  }

  /** The exporter's clock, since this machine's may be wrong by hours; null before the first answer. */
  get now() {
    return this.#clock === null ? null : this.#clock.at + performance.now() - this.#clock.heard;
  }

  start() {
    document.addEventListener('visibilitychange', this.#looksAt);
    this.#look();
  }

  stop() {
    document.removeEventListener('visibilitychange', this.#looksAt);
    this.#pause();
  }

  #pause() {
    clearTimeout(this.#timer);
    this.#reading?.abort();
    this.#timer = this.#reading = null;
  }

  #look() {
    this.#pause();
    if (document.hidden) this.#timer = setTimeout(() => this.#read(), HIDDEN_SECONDS * 1000);
    else this.#read();
  }

  async #read() {
    const reading = (this.#reading = new AbortController());
    const deadline = setTimeout(() => reading.abort(), DEADLINE_SECONDS * 1000);
    let result;
    try {
      result = await this.#ask(reading.signal);
    } catch {
      result = { failure: 'Cannot reach the exporter.' };
    }
    clearTimeout(deadline);
    if (this.#reading !== reading) return; // stopped or restarted meanwhile
    this.#reading = null;
    const wait = result.failure ? Math.min(this.seconds, RETRY_SECONDS) : this.seconds;
    this.#timer = setTimeout(() => this.#look(), wait * 1000);
    this.#heard(result);
  }

  async #ask(signal) {
    const answer = await fetch(this.#address, {
      signal,
      cache: 'no-store', // the ETag is sent by this script
      headers: this.#tag === null ? {} : { 'If-None-Match': this.#tag },
    });
    if (answer.status === 304) return this.#told(answer, { same: true });
    const page = readPage(await answer.text());
    // A page of the exporter itself says if there is no such cluster; a proxy in between may answer anything.
    if (page === null) return { failure: answer.ok ? 'Something else answers than the exporter.' : `The exporter answers with ${answer.status}.` };
    this.#tag = answer.ok ? answer.headers.get('ETag') : null;
    this.seconds = page.every;
    return this.#told(answer, { page });
  }

  #told(answer, result) {
    const at = Date.parse(answer.headers.get('Date') ?? '');
    // The header has whole seconds, so this is wrong by at most half a second.
    if (!Number.isNaN(at)) this.#clock = { at: at + 500, heard: performance.now() };
    return result;
  }
}

/** Returns null if it is not a page of the exporter. */
function readPage(html) {
  const fetched = new DOMParser().parseFromString(html, 'text/html');
  const main = fetched.querySelector('main#status[data-every]');
  const icon = fetched.querySelector('link[rel=icon]')?.getAttribute('href') ?? 'assets/icon.svg';
  const nav = fetched.querySelector('header nav');
  return main && { main: document.adoptNode(main), nav: nav && document.adoptNode(nav), title: fetched.title, icon, at: Date.parse(main.dataset.at), every: Number(main.dataset.every) };
}
