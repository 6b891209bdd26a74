// Reads one address again and again: only what has changed, and not while nobody looks.

const RETRY_SECONDS = 5;
const DEADLINE_SECONDS = 15;

/** What a read brought: { data } when it is new, { same: true } when it is not, { gone } or { failure } with the reason. */
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
    if (!document.hidden) this.#read();
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
    if (answer.status === 404) return this.#told(answer, { gone: (await answer.json()).error });
    if (!answer.ok) return { failure: `The exporter answers with ${answer.status}.` };
    const data = await answer.json();
    this.#tag = answer.headers.get('ETag');
    this.seconds = data.pollIntervalSeconds;
    return this.#told(answer, { data });
  }

  #told(answer, result) {
    const at = Date.parse(answer.headers.get('Date') ?? '');
    // The header has whole seconds: half of one off at most.
    if (!Number.isNaN(at)) this.#clock = { at: at + 500, heard: performance.now() };
    return result;
  }
}
