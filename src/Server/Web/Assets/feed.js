// Fetches one page again and again: only what has changed, and seldom while nobody looks.

const RETRY_SECONDS = 5;
/** A tab that nobody looks at still says by its title and icon what it knows. */
const HIDDEN_SECONDS = 60;
const DEADLINE_SECONDS = 15;

/** What a read brought: { page } when it is new, { same: true } when it is not, or { failure } with the reason. */
export class Feed {
  #address;
  #heard;
  #tag = null;
  #timer = null;
  #reading = null;
  #clock = null;
  #looksAt = () => this.#look();

  /** Seconds between two reads; the exporter says how often it has something new. */
  seconds = RETRY_SECONDS;

  constructor(address, heard) {
    this.#address = address;
    this.#heard = heard;
  }

  /** The exporter's clock, not this machine's, which may be wrong by hours; null before it was heard. */
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
    if (this.#reading !== reading) return; // stopped meanwhile, or begun anew
    this.#reading = null;
    const wait = result.failure ? Math.min(this.seconds, RETRY_SECONDS) : this.seconds;
    this.#timer = setTimeout(() => this.#look(), wait * 1000);
    this.#heard(result);
  }

  async #ask(signal) {
    const answer = await fetch(this.#address, {
      signal,
      cache: 'no-store', // the tag is ours to send
      headers: this.#tag === null ? {} : { 'If-None-Match': this.#tag },
    });
    if (answer.status === 304) return this.#told(answer, { same: true });
    const page = readPage(await answer.text());
    // A page of the exporter says by itself that there is no such cluster; what stands between may say anything.
    if (page === null) return { failure: answer.ok ? 'Something else answers than the exporter.' : `The exporter answers with ${answer.status}.` };
    this.#tag = answer.ok ? answer.headers.get('ETag') : null;
    this.seconds = page.every;
    return this.#told(answer, { page });
  }

  #told(answer, result) {
    const at = Date.parse(answer.headers.get('Date') ?? '');
    // The header has whole seconds: half of one off at most.
    if (!Number.isNaN(at)) this.#clock = { at: at + 500, heard: performance.now() };
    return result;
  }
}

/** Null where it is none of ours. */
function readPage(html) {
  const fetched = new DOMParser().parseFromString(html, 'text/html');
  const main = fetched.querySelector('main#status[data-every]');
  const icon = fetched.querySelector('link[rel=icon]')?.getAttribute('href') ?? 'assets/icon.svg';
  const nav = fetched.querySelector('header nav');
  return main && { main: document.adoptNode(main), nav: nav && document.adoptNode(nav), title: fetched.title, icon, at: Date.parse(main.dataset.at), every: Number(main.dataset.every) };
}
