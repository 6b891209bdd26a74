// A headless Chromium with one page, controlled through a pipe.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Chromium {
  #process;
  #profile = mkdtempSync(join(tmpdir(), 'dashboards-drawn-'));
  #waiting = new Map();
  #next = 1;
  #session;
  #rest = '';

  static async open(url) {
    const chromium = new Chromium();
    await chromium.#start(url);
    return chromium;
  }

  async #start(url) {
    this.#process = spawn(
      'chromium',
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        '--force-color-profile=srgb',
        '--remote-debugging-pipe',
        `--user-data-dir=${this.#profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    this.#process.on('error', (error) => this.#end(error));
    this.#process.on('exit', () => this.#end(new Error('chromium has ended')));
    this.#process.stdio[4].on('data', (data) => this.#read(data.toString()));
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' }, undefined);
    this.#session = (await this.#send('Target.attachToTarget', { targetId, flatten: true }, undefined)).sessionId;
    await this.#send('Page.enable');
    const loaded = new Promise((resolve) => this.#waiting.set('Page.loadEventFired', { resolve, reject: () => {} }));
    await this.#send('Page.navigate', { url });
    await loaded;
  }

  /** Evaluates an expression in the page; awaits a promise. */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async resize(width, height) {
    await this.#send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** Takes a PNG screenshot; scale 0.5 is half as wide. */
  async picture(width, height, scale = 1) {
    const clip = { x: 0, y: 0, width, height, scale };
    const { data } = await this.#send('Page.captureScreenshot', {
      format: 'png',
      clip,
      captureBeyondViewport: true,
    });
    return Buffer.from(data, 'base64');
  }

  async close() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await ended;
    // Its child processes end a little later.
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }

  #send(method, params = {}, sessionId = this.#session) {
    const id = this.#next++;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #read(data) {
    const messages = (this.#rest + data).split('\0');
    this.#rest = messages.pop();
    for (const message of messages.map((text) => JSON.parse(text))) {
      const waiting = this.#waiting.get(message.id ?? message.method);
      this.#waiting.delete(message.id ?? message.method);
      if (message.error) waiting?.reject(new Error(message.error.message));
      else waiting?.resolve(message.result);
    }
  }

  #end(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
