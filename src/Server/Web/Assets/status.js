// The page in the browser: shows what its address asks for, and keeps it current without a reload.

import { Connection } from './connection.js';
import { DetailView } from './detail.js';
import { h } from './dom.js';
import { Feed } from './feed.js';
import { ListView } from './list.js';

const main = document.getElementById('status');
const voice = h('p', { class: 'spoken', role: 'status' });
const announce = sentences => {
  if (sentences.length > 0) voice.textContent = sentences.join(' ');
};
const connection = new Connection(announce);
const list = new ListView(announce);
// Where only one cluster is watched, its detail stands in for the list.
const only = clusterOf(location) === null ? main.dataset.cluster : '';

let name = null; // of the cluster that the address asks for; empty for the list
let view = null; // what is shown; null while it is still what the exporter wrote
let feed = null;
let left = { scroll: 0, link: null, address: './' }; // the list as it was left

function clusterOf(address) {
  return new URL(address).searchParams.get('cluster');
}

/** Goes to what the address asks for. It is shown once it is there; until then what is shown stays. */
function go(back = false) {
  feed?.stop();
  name = clusterOf(location) ?? only;
  const next = name ? new DetailView(name, name === only ? null : left.address) : list;
  let data = null;
  feed = new Feed(next.address, result => {
    connection.heard(result, feed);
    // What the exporter wrote is better than nothing.
    if (result.failure && view === null) return;
    if (view !== next) enter(next, back);
    data = result.data ?? data;
    if (result.gone) next.gone(result.gone);
    else if (data !== null) announce(next.show(data, feed.now)); // after a failure too: what is shown grows older
    document.title = `${next.title} · clustermgr-exporter`;
  });
  if (next === list && list.filled) enter(list, back);
  feed.start();
}

function enter(next, back) {
  const first = view === null;
  view = next;
  view.enter();
  main.replaceChildren(view.element);
  if (first) return;
  scrollTo(0, back && view === list ? left.scroll : 0);
  const focused = back && view === list && left.link?.isConnected ? left.link : view.heading;
  focused.focus({ preventScroll: true });
}

function leaveTo(address) {
  if (view === list) {
    list.leave();
    left = { scroll: scrollY, link: document.activeElement, address: location.search || './' };
  }
  history.pushState(null, '', address);
  go();
}

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href]');
  const elsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || event.defaultPrevented || view === null) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || to.pathname !== location.pathname || to.hash !== '') return;
  event.preventDefault();
  leaveTo(to);
});

addEventListener('popstate', () => {
  list.rest();
  if ((clusterOf(location) ?? only) !== name) go(true);
  else view?.enter();
});

document.addEventListener('keydown', event => {
  if (event.key !== '/' || view !== list || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, textarea')) return;
  event.preventDefault();
  list.find();
});

history.scrollRestoration = 'manual';
document.querySelector('header').append(connection.freshness);
main.before(connection.lost);
document.body.append(voice);
go();
