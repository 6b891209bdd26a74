// Elements out of data. Everything that comes from a cluster becomes a text node or an attribute, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element; attributes that are null or false are left out, and children that are null too. */
export const h = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);

/** The same within a drawing. */
export const svg = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Text that only screen readers tell. */
export const spoken = text => h('span', { class: 'spoken' }, text);

/** What is not known: neither 0 nor nothing. */
export const unknown = () => h('span', { class: 'unknown' }, h('span', { 'aria-hidden': 'true' }, '–'), spoken('not known'));

/** The value, shown so, or that it is not known. */
export const known = (value, show = same => same) => (value === null || value === undefined ? unknown() : show(value));

/**
 * Makes what is on the page look like what was built, and touches nothing that does so already: focus, selection and
 * the place where a screen reader stands survive. Siblings with a data-key are known by it.
 */
export function morph(old, fresh) {
  if (old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return old;
  }
  for (const { name } of [...old.attributes]) {
    // A reader opens what is folded, and the page does not shut it again.
    if (!fresh.hasAttribute(name) && !(name === 'open' && old.nodeName === 'DETAILS')) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  morphChildren(old, [...fresh.childNodes]);
  return old;
}

function morphChildren(parent, fresh) {
  const byKey = new Map([...parent.children].filter(child => child.dataset.key !== undefined).map(child => [child.dataset.key, child]));
  let at = parent.firstChild;
  for (const next of fresh) {
    const key = next.dataset?.key;
    if (key === undefined) {
      if (at !== null && at.dataset?.key === undefined) at = morph(at, next).nextSibling;
      else parent.insertBefore(next, at);
      continue;
    }
    const same = byKey.get(key);
    byKey.delete(key);
    if (same === undefined) parent.insertBefore(next, at);
    else if (same === at) at = morph(same, next).nextSibling;
    else parent.insertBefore(morph(same, next), at);
  }
  while (at !== null) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}
