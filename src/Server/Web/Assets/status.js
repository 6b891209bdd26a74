// Keeps the page up to date without a reload: fetches the exporter's HTML, and applies the differences.

import { Connection } from './connection.js';
import { say, textOf, writeToClipboard } from './copy.js';
import { Feed } from './feed.js';
import { List } from './list.js';
import { keepingFocus, morph } from './morph.js';
import { tellTimes } from './times.js';

const main = document.getElementById('status');
const voice = document.querySelector('[role=status]');
const announce = sentences => {
  if (sentences.length > 0) voice.textContent = sentences.join(' ');
};
const connection = new Connection(announce);
const list = new List(main, announce);

let source = null; // the requested page
let shown = null; // the displayed page; null while it is still the one of the loaded document
let feed = null;
let left = { address: './' }; // the list as it was left
let named = null; // title, icon and navigation of the displayed page
const first = sourceOf(location); // the page of the loaded document

/** The list is fetched whole, since it is searched here. */
function sourceOf(address) {
  const asked = new URL(address).searchParams;
  const [cluster, range] = [asked.get('cluster'), asked.get('range')];
  if (!cluster) return '?page=all';
  return `?cluster=${encodeURIComponent(cluster)}${range ? `&range=${encodeURIComponent(range)}` : ''}`;
}

/** The cluster of a page; null for the list. */
const clusterOf = page => page.querySelector('.detail')?.dataset.key ?? null;

/** Goes to the page of the address. The current page stays until the new one is loaded. */
function go(back = false) {
  feed?.stop();
  source = sourceOf(location);
  if (source === left.source) enter(shown === source ? [...main.childNodes] : left.nodes, left, back);
  feed = new Feed(source, result => {
    connection.heard(result, feed);
    if (result.page) show(result.page, back);
    else tellTimes(main, feed.now); // updates the ages
  });
  feed.start();
}

function show({ main: fresh, nav, title, icon }, back) {
  tellTimes(fresh, feed.now);
  const up = fresh.querySelector('.up a');
  if (up !== null) up.setAttribute('href', left.address);
  // A different range of the plots is the same page.
  const [one, other] = [clusterOf(main), clusterOf(fresh)];
  if (one === null ? shown === source || (shown === null && source === first) : one === other) {
    const told = shown === null ? [] : changes(fresh);
    list.filter(fresh);
    keepingFocus(() => morph(main, fresh));
    announce(told.length > 3 ? [`The verdict of ${told.length} clusters has changed.`] : told);
    shown = source;
    entitle({ title, icon, nav, at: fresh.dataset.at });
  } else {
    enter([...fresh.childNodes], { title, icon, nav, at: fresh.dataset.at }, back);
  }
  document.documentElement.classList.add('live');
}

function entitle(page) {
  named = page;
  connection.entitle(page.title, page.icon);
  main.dataset.at = page.at;
  if (page.nav !== null) morph(document.querySelector('header nav'), page.nav.cloneNode(true));
}

function enter(nodes, page, back) {
  main.replaceChildren(...nodes);
  entitle(page);
  shown = source;
  list.read();
  list.filter(main);
  const again = back && source === left.source;
  scrollTo(0, again ? left.scroll : 0);
  (again && left.link?.isConnected ? left.link : main.querySelector('h1')).focus({ preventScroll: true });
}

/** The changed verdicts, which are announced. */
function changes(fresh) {
  const before = new Map([...main.querySelectorAll('[data-verdict]')].map(element => [element.dataset.key, element.dataset.verdict]));
  return [...fresh.querySelectorAll('[data-verdict]')]
    .filter(({ dataset: { key, verdict } }) => before.get(key) && verdict && before.get(key) !== verdict)
    .map(element => `${element.dataset.key}: ${element.querySelector('.verdict').textContent}`);
}

function leaveTo(address) {
  list.remember();
  if (list.isShown) {
    const [nodes, link] = [[...main.childNodes], document.activeElement];
    left = { source: shown, ...named, nodes, scroll: scrollY, link, address: location.search || './' };
  }
  history.pushState(null, '', address);
  go();
}

document.addEventListener('click', async ({ target }) => {
  const button = target.closest?.('.ticket-text');
  if (!button) return;
  const lost = document.querySelector('.lost');
  const done = await writeToClipboard(textOf(main, location.href, lost.hidden ? '' : lost.textContent));
  announce([done ? 'Copied.' : 'Not copied: this browser does not let a page copy.']);
  say(button, done ? 'Copied' : 'Not copied');
});

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href]');
  const elsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || event.defaultPrevented || shown === null) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || to.pathname !== location.pathname || to.hash !== '') return;
  event.preventDefault();
  leaveTo(to);
});

addEventListener('popstate', () => {
  list.rest();
  if (sourceOf(location) !== source) go(true);
  else {
    list.read();
    list.filter(main);
  }
});

document.addEventListener('keydown', event => {
  if (event.key !== '/' || !list.isShown || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, textarea')) return;
  event.preventDefault();
  list.find();
});

history.scrollRestoration = 'manual';
list.read();
go();
