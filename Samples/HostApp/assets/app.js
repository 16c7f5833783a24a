// @ts-check
import { attachBehaviours } from './behaviours.js';
import { createFleet } from './fleet.js';
import { startNavigation } from './navigation.js';

const fleet = createFleet();
globalThis.fleet = fleet;

// A standby page has booted the app and shows nothing; the fleet renders through globalThis.fleet.
if (location.pathname !== '/_standby') {
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  attachBehaviours(root);
  startNavigation(root);
}
