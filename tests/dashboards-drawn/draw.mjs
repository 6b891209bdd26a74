// Draws every dashboard in every situation with Grafana's components, and checks the drawings: see README.md.
//   node draw.mjs                    draws, checks, and verifies that each check can fail
//   node draw.mjs --update-pictures  also writes docs/pictures/dashboards
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Checks } from './node/checks.mjs';
import { Drawing } from './node/drawing.mjs';
import { findsEveryFault } from './node/faults.mjs';
import { eventually, Repository, World } from './node/world.mjs';
import { Clusters, Drawings, MayBeEmpty, Meanings, Pictures, Story } from './situations.mjs';

const Folder = `${Repository}docs/pictures/dashboards/`;
const MostBytes = 300_000;
const MostTries = 20;
const updates = process.argv.includes('--update-pictures');
const dashboards = Object.fromEntries(
  ['fleet', 'cluster', 'exporter'].map((name) => [
    name,
    JSON.parse(readFileSync(`${Repository}dashboards/${name}.json`, 'utf8')),
  ]),
);

/** Plays the story; the drawings show its end, however long it takes. */
async function play(world) {
  const from = Math.ceil(Date.now() / 1000) * 1000;
  for (const { lines, until } of Story) {
    const began = Date.now();
    for (const [at, cluster, line] of lines) {
      await new Promise((resolve) => setTimeout(resolve, began + at * 1000 - Date.now()));
      world.type(`demo-${Clusters.findIndex(({ name }) => name === cluster) + 1} ${line}`);
      console.log(`  ${cluster}: ${line}`);
    }
    for (const [what, query] of until) {
      await eventually(what, async () => {
        if (world.failed) throw world.failed;
        return (await world.value(query)) > 0;
      });
      console.log(`  ${what} (after ${Math.round((Date.now() - from) / 1000)} s)`);
    }
  }
  for (let tries = 0; ; tries++) {
    // Whole seconds, as in queries to Prometheus: a sample after the end would be outside of the plot.
    const to = Math.ceil(Date.now() / 1000) * 1000 + 2000;
    await new Promise((resolve) => setTimeout(resolve, to + 1000 - Date.now()));
    const missing = await notSo(world, to / 1000);
    if (missing.length === 0) return { from, to };
    if (tries === MostTries) throw new Error(`at the time of the drawing this does not hold: ${missing.join(', ')}`);
    console.log(`  not drawn yet: ${missing.join(', ')}`);
  }
}

/** The conditions of the story that do not hold at a time: a busy machine may miss a scrape, and with it an alert. */
async function notSo(world, at) {
  const all = Story.flatMap(({ until }) => until);
  const values = await Promise.all(all.map(([, query]) => world.value(query, at)));
  return all.filter((_, i) => !(values[i] > 0)).map(([what]) => what);
}

async function check(drawing, world, span) {
  const faults = [];
  for (const situation of Drawings) {
    for (const mode of ['dark', 'light']) {
      const { panels } = await drawing.draw(dashboards[situation.dashboard], {
        world,
        ...span,
        cluster: situation.cluster,
        mode,
        expand: true,
      });
      const of = { panels, mayBeEmpty: MayBeEmpty[situation.name], meanings: Meanings[situation.name] };
      for (const [name, faultsOf] of Object.entries(Checks)) {
        const found = faultsOf(of);
        console.log(`${found.length ? 'FAILED' : 'ok    '} ${situation.name}, ${mode}: ${name}`);
        found.forEach((fault) => console.log(`         ${fault}`));
        faults.push(...found);
      }
    }
  }
  return faults.length;
}

async function picture(drawing, world, span) {
  mkdirSync(Folder, { recursive: true });
  for (const { name, mode, expand, scale, ...situation } of Pictures) {
    const { width, height } = await drawing.draw(dashboards[situation.dashboard], {
      world,
      ...span,
      cluster: situation.cluster,
      mode,
      expand,
    });
    const png = await drawing.chromium.picture(width, Math.ceil(height), scale);
    if (png.length > MostBytes) throw new Error(`${name}.png would have ${png.length} bytes`);
    writeFileSync(`${Folder}${name}.png`, png);
    console.log(`drawn  ${name}.png`);
  }
}

let world, drawing;
const started = Date.now();

async function close() {
  await drawing?.close();
  await world?.close();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => close().finally(() => process.exit(1)));

try {
  console.log(`${Clusters.length} clusters are simulated; what happens to them takes some two minutes`);
  world = await World.start(Clusters);
  const [span] = await Promise.all([play(world), Drawing.open().then((opened) => (drawing = opened))]);
  const faults = await check(drawing, world, span);
  const unseen = await findsEveryFault(drawing, dashboards, { world, ...span });
  if (updates) await picture(drawing, world, span);
  const checks = Drawings.length * 2 * Object.keys(Checks).length;
  console.log(
    `${checks} checks of ${Drawings.length * 2} drawings: ${faults} faults, ${unseen} planted faults not found, ` +
      `${Math.round((Date.now() - started) / 1000)} seconds`,
  );
  process.exitCode = faults + unseen > 0 ? 1 : 0;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await close();
}
