// Makes the page look like the fetched one, and does not touch elements that already do: focus, selection and the
// position of a screen reader are kept. Siblings with a data-key are identified by it.

/** A row that moves loses the focus inside it; this restores it. */
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
  if (old.dataset?.key !== undefined && old.isEqualNode(fresh)) return old; // fast path for most rows of a long list
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  morphChildren(old, [...fresh.childNodes]);
  return old;
}

function morphChildren(parent, fresh) {
  const byKey = new Map([...parent.children].filter(child => child.dataset.key !== undefined).map(child => [child.dataset.key, child]));
  const kept = new Set(fresh.map(next => next.dataset?.key));
  for (const [key, gone] of byKey) {
    // Removed first, so that the following elements stay in place and keep focus and scroll position.
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
