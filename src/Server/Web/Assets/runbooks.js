// Adds a copy button to each code block of the runbooks.

import { say, writeToClipboard } from './copy.js';

const voice = document.querySelector('[role=status]');

for (const block of document.querySelectorAll('.runbooks pre')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  const around = document.createElement('div');
  around.className = 'block';
  block.replaceWith(around);
  around.append(block, button);
  button.addEventListener('click', async () => {
    const done = await writeToClipboard(block.textContent);
    say(button, done ? 'Copied' : 'Not copied');
    voice.textContent = done ? 'Copied.' : 'Not copied: this browser does not let a page copy.';
  });
}
