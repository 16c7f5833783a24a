// @ts-check
// What a page does beyond following links. Everything is attached to the root element once and finds its parts by delegation, so
// that a page which came rendered from the server works without being rendered again.
import { filterTable } from './templates/periodic-table.js';
import { switchLamp } from './templates/lighthouse-drawing.js';

/** @param {HTMLElement} root */
export function attachBehaviours(root) {
  root.addEventListener('input', (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches('[data-filter]')) filterTable(event.target);
  });
  root.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-lamp]') : null;
    if (button) switchLamp(button);
  });
}

/**
 * Catches up with what a visitor did before the app was there.
 * @param {HTMLElement} root
 */
export function applyBehaviours(root) {
  for (const input of root.querySelectorAll('input[data-filter]')) if (input instanceof HTMLInputElement && input.value) filterTable(input);
}
