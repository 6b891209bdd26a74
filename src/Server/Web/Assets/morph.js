// Makes what is on the page look like what was fetched, and touches nothing that does so already: focus, selection and
// the place where a screen reader stands survive. Siblings with a data-key are known by it.

/** A row that moves loses the focus that is in it, and gets it back. */
export function keepingFocus(act) {
  const focused = document.activeElement;
  act();
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

export function morph(old, fresh) {
  if (old.nodeName !== fresh.nodeName || old.nodeType !== fresh.nodeType) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return old;
  }
  if (old.dataset?.key !== undefined && old.isEqualNode(fresh)) return old; // most rows of a long list, at once
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  morphChildren(old, [...fresh.childNodes]);
  return old;
}

function morphChildren(parent, fresh) {
  const byKey = new Map([...parent.children].filter(child => child.dataset.key !== undefined).map(child => [child.dataset.key, child]));
  const kept = new Set(fresh.map(next => next.dataset?.key));
  for (const [key, gone] of byKey) {
    // First: what stands after it then keeps its place, and with it focus and scroll.
    if (!kept.has(key)) gone.remove();
  }
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
    while (same !== undefined && at !== null && at !== same && at.dataset?.key === undefined) {
      const text = at;
      at = at.nextSibling;
      text.remove();
    }
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
