// A page in Chromium that draws dashboards and returns data about them.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { bundle } from './bundle.mjs';
import { Chromium } from './chromium.mjs';
import { Scrape } from './world.mjs';

const Page =
  '<!doctype html><meta charset="utf-8"><title>dashboards</title><link rel="stylesheet" href="/page.css">' +
  '<div id="root"></div><script src="/page.js"></script>';

const Highest = 4600; // pixels: room for all panels, including those of closed rows

export class Drawing {
  static async open() {
    const drawing = new Drawing();
    const { script, sheet } = await bundle();
    const files = {
      '/': ['text/html', Page],
      '/page.js': ['text/javascript', script],
      '/page.css': ['text/css', sheet],
    };
    drawing.server = createServer(({ url }, response) => {
      const [type, text] = files[url] ?? ['text/plain', ''];
      response.writeHead(files[url] ? 200 : 404, { 'content-type': `${type}; charset=utf-8` }).end(text);
    }).listen(0, '127.0.0.1');
    await once(drawing.server, 'listening');
    try {
      drawing.chromium = await Chromium.open(`http://127.0.0.1:${drawing.server.address().port}/`);
      await drawing.chromium.resize(1896, Highest);
      return drawing;
    } catch (error) {
      await drawing.close(); // an open server keeps the process alive
      throw error;
    }
  }

  /** Draws all panels; with expand, also those of closed rows. */
  async draw(dashboard, { world, from, to, cluster, mode, expand }) {
    const variables = Object.fromEntries(
      dashboard.templating.list
        .filter(({ type }) => type !== 'datasource')
        .map((variable) => [variable.name, valueOf(variable, cluster, world)]),
    );
    const view = { prometheus: world.prometheus, from, to, scrape: Scrape, variables, mode, expand };
    return this.chromium.evaluate(`window.draw(${JSON.stringify(dashboard)}, ${JSON.stringify(view)})`);
  }

  async close() {
    await this.chromium?.close();
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** The value as Grafana inserts it into a query: All is the variable's own expression for that. */
function valueOf(variable, cluster, world) {
  if (variable.name === 'cluster' && cluster) return cluster;
  if (variable.name === 'exporter') return world.exporter;
  return variable.allValue || variable.query;
}
