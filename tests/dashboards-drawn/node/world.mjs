// Simulated clusters, an exporter that polls them every second, and a Prometheus that scrapes it every second, with the
// shipped rules. To keep the tests short, each `for` and `keep_firing_for` is divided by 40, and the rules are
// evaluated every second.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const Repository = new URL('../../../', import.meta.url).pathname;
const Program = process.env.CLUSTERMGR_PROGRAM ?? `${Repository}artifacts/clustermgr-exporter/clustermgr-exporter`;
const Divisor = 40;
export const Scrape = 1;

export class World {
  #processes = [];
  #folder = mkdtempSync(join(tmpdir(), 'dashboards-drawn-'));
  #demo;
  #said = '';

  static async start(clusters) {
    const world = new World();
    try {
      await world.#start(clusters);
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  async #start(clusters) {
    const [demoPort, exporterPort, prometheusPort] = await freePorts(3);
    this.exporter = `127.0.0.1:${exporterPort}`;
    this.prometheus = `http://127.0.0.1:${prometheusPort}`;
    this.#demo = this.#run(Program, [
      'demo',
      `--web.listen-address=127.0.0.1:${demoPort}`,
      ...clusters.map(({ scenario }) => `--scenario=${scenario}`),
    ]);
    this.#demo.stdout.on('data', (data) => (this.#said += data));
    // "demo-1: healthy, …" and below it "  members    http://… http://…"
    const members = await eventually('the demo tells its members', () => {
      if (this.failed) throw this.failed;
      const all = [...this.#said.matchAll(/^ {2}members +(.+)$/gm)].map(([, urls]) =>
        urls
          .trim()
          .split(/\s+/)
          .map((url) => url.replace(/\/$/, '')),
      );
      return all.length === clusters.length && all;
    });
    const config = this.#write(
      'exporter.yaml',
      [
        'poll_interval: 1s',
        'timeout: 900ms',
        'task_interval: 2s',
        'disk_interval: 2s',
        'service_interval: 2s',
        'scheduler_interval: 2s',
        'volume_scan_interval: 1m',
        'clusters:',
        ...clusters.flatMap(({ name, config }, i) => [
          `  - name: ${name}`,
          `    members: [${members[i].join(', ')}]`,
          ...(config ?? []),
        ]),
        '',
      ].join('\n'),
    );
    this.#run(Program, [`--config.file=${config}`, `--web.listen-address=${this.exporter}`]);
    const rules = this.#write('rules.yaml', scaled(readFileSync(`${Repository}alerts/clustermgr.rules.yaml`, 'utf8')));
    const prometheus = this.#write(
      'prometheus.yaml',
      [
        `global: { scrape_interval: ${Scrape}s, scrape_timeout: ${Scrape}s, evaluation_interval: 1s }`,
        `rule_files: ['${rules}']`,
        'scrape_configs:',
        `- { job_name: clustermgr, honor_labels: true, static_configs: [{ targets: ['${this.exporter}'] }] }`,
        '',
      ].join('\n'),
    );
    this.#run('prometheus', [
      `--config.file=${prometheus}`,
      `--storage.tsdb.path=${join(this.#folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]);
    await eventually('every member is scraped, every leader and every switch known', async () => {
      if (this.failed) throw this.failed;
      return (
        (await this.value('count(clustermgr_up == 1)')) === members.flat().length &&
        (await this.value('count(clustermgr_cluster_quorum_margin)')) === clusters.length &&
        // Data exists at the start of the drawn time range, for comparisons with it.
        (await this.value('count(clustermgr_space_writable_bytes offset 3s)')) >= clusters.length &&
        // On a busy machine the first scrapes happen before the first switch was read, and would be drawn as not
        // known.
        (await this.value('count(count by (cluster) (clustermgr_task_switch offset 3s))')) === clusters.length &&
        (await this.value('count(clustermgr_task_switch{state="unknown"} offset 3s)')) === undefined
      );
    });
  }

  /** Types a line into the demo. */
  type(line) {
    this.#demo.stdin.write(`${line}\n`);
  }

  /** @param {number} [time] in seconds; now unless given */
  async value(query, time) {
    const asked = new URLSearchParams(time ? { query, time } : { query });
    const answer = await fetch(`${this.prometheus}/api/v1/query?${asked}`).catch(() => undefined);
    if (!answer?.ok) return undefined; // it is starting
    const [first] = (await answer.json()).data.result;
    return first ? Number(first.value[1]) : undefined;
  }

  async close() {
    await Promise.all(
      this.#processes.reverse().map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
        await ended;
        clearTimeout(late);
      }),
    );
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(program, args) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => {}); // it never started
    child.on('error', () => (this.failed = new Error(`${program} cannot be started; README.md says what is needed`)));
    let log = '';
    child.stderr.on('data', (data) => (log = (log + data).slice(-4000)));
    child.stdout.resume();
    child.on('exit', (code) => {
      if (code) this.failed = new Error(`${program} ${args[0]} ended with ${code}:\n${log}`);
    });
    this.#processes.push(child);
    return child;
  }

  #write(name, text) {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }
}

const Unit = { s: 1, m: 60, h: 3600, d: 86_400 };

function scaled(rules) {
  let found = 0;
  const text = rules
    .replace(/^( *(?:for|keep_firing_for): *)(\d+)([smhd])$/gm, (_, key, number, unit) => {
      found++;
      return `${key}${Math.round((number * Unit[unit] * 1000) / Divisor)}ms`;
    })
    .replace(/^ +interval: \d+s\n/gm, '');
  if (found < 10) throw new Error(`only ${found} times found in the rules`);
  return text;
}

/** Polls until the condition holds; prints what it waits for if that takes long. */
export async function eventually(what, holds, patience = 300) {
  for (let tries = 0; tries < patience * 4; tries++) {
    const held = await holds();
    if (held) return held;
    if (tries % 60 === 59) console.log(`  still waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`never happened: ${what}`);
}

/** Ports that were free a moment ago, all different, and outside the range of ephemeral ports, which the demo uses. */
async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false, // in use
    );
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    ports.add(port);
  }
  return [...ports];
}
