// Copies text to the clipboard: commands for a shell, a cluster's state for a ticket.

const SAID_MS = 2000;

/** Returns whether it was copied. Pages loaded over plain http can only copy by selecting text. */
export async function writeToClipboard(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // refused: the other way may work
    }
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'spoken';
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

const ownWords = new WeakMap();

/** Briefly replaces the button's text. */
export function say(button, word) {
  if (!ownWords.has(button)) ownWords.set(button, button.textContent);
  button.textContent = word;
  setTimeout(() => {
    if (button.textContent === word) button.textContent = ownWords.get(button);
  }, SAID_MS);
}

/** A cluster's page as plain text: the verdict, the findings with their times, the figures.
 *  @param stale why the page is out of date; empty if it is not */
export function textOf(main, address, stale) {
  const text = element => element.textContent.replace(/\s+/g, ' ').trim();
  const lines = [`${text(main.querySelector('h1'))}: ${text(main.querySelector('.words'))}`];
  if (stale) lines.unshift(stale);
  lines.push(`as of ${main.dataset.at}, ${address}`, '');
  for (const finding of main.querySelectorAll('.findings.panel > li')) {
    const since = finding.querySelector('time')?.dateTime;
    const [severity, name, sentence] = ['.severity', 'b', '.sentence'].map(part => text(finding.querySelector(part)));
    lines.push(`${severity.padEnd(6)}  ${name}: ${sentence}${since ? ` Since ${since}.` : ''}`);
  }
  if (lines.at(-1) !== '') lines.push('');
  const tiles = [...main.querySelectorAll('.tile')].map(tile => [...tile.querySelectorAll('dt, b, small')].map(text));
  const width = Math.max(...tiles.map(([label]) => label.length));
  for (const [label, value, more] of tiles) lines.push(`${label.padEnd(width)}  ${value}${more ? ` (${more})` : ''}`);
  return `${lines.join('\n')}\n`;
}
