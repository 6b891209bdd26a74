// Keeps the page current without a reload: fetches it as the exporter writes it, and changes what has changed.

import { Connection } from './connection.js';
import { Feed } from './feed.js';
import { List } from './list.js';
import { morph } from './morph.js';
import { tellTimes } from './times.js';

const main = document.getElementById('status');
const voice = document.querySelector('[role=status]');
const announce = sentences => {
  if (sentences.length > 0) voice.textContent = sentences.join(' ');
};
const connection = new Connection(announce);
const list = new List(main, announce);

let source = null; // the page that is asked for
let shown = null; // the page that is shown; null while it is still what came with the document
let feed = null;
let left = { address: './' }; // the list as it was left
const first = sourceOf(location); // what came with the document

/** The list comes whole, since it is searched here. */
function sourceOf(address) {
  const cluster = new URL(address).searchParams.get('cluster');
  return cluster ? `?cluster=${encodeURIComponent(cluster)}` : '?page=all';
}

/** Goes to what the address asks for. It is shown once it is there; until then what is shown stays. */
function go(back = false) {
  feed?.stop();
  source = sourceOf(location);
  if (source === left.source) enter(shown === source ? [...main.childNodes] : left.nodes, left.title, back);
  feed = new Feed(source, result => {
    connection.heard(result, feed);
    if (result.page) show(result.page, back);
    else tellTimes(main, feed.now); // what is shown grows older
  });
  feed.start();
}

function show({ main: fresh, title }, back) {
  tellTimes(fresh, feed.now);
  const up = fresh.querySelector('.up a');
  if (up !== null) up.setAttribute('href', left.address);
  if (shown === source || (shown === null && source === first)) {
    const told = shown === null ? [] : changes(fresh);
    list.filter(fresh);
    morph(main, fresh);
    announce(told.length > 3 ? [`The verdict of ${told.length} clusters has changed.`] : told);
    shown = source;
    document.title = title;
  } else {
    enter([...fresh.childNodes], title, back);
  }
  document.documentElement.classList.add('live');
}

function enter(nodes, title, back) {
  main.replaceChildren(...nodes);
  document.title = title;
  shown = source;
  list.read();
  list.filter(main);
  const again = back && source === left.source;
  scrollTo(0, again ? left.scroll : 0);
  (again && left.link?.isConnected ? left.link : main.querySelector('h1')).focus({ preventScroll: true });
}

/** What a person must be told: the verdicts that are others than before. */
function changes(fresh) {
  const before = new Map([...main.querySelectorAll('[data-verdict]')].map(element => [element.dataset.key, element.dataset.verdict]));
  return [...fresh.querySelectorAll('[data-verdict]')]
    .filter(({ dataset: { key, verdict } }) => before.get(key) && verdict && before.get(key) !== verdict)
    .map(element => `${element.dataset.key}: ${element.querySelector('.verdict').textContent}`);
}

function leaveTo(address) {
  list.remember();
  if (list.isShown) left = { source: shown, title: document.title, nodes: [...main.childNodes], scroll: scrollY, link: document.activeElement, address: location.search || './' };
  history.pushState(null, '', address);
  go();
}

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
