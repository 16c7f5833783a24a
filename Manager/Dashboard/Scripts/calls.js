// The admin key, which is kept in this tab only, and calls of the manager with it.
let key = sessionStorage.getItem('fleet-admin-key');
const headers = more => ({ ...(key ? { authorization: `Bearer ${key}` } : {}), ...more });
class Refused extends Error {}

function showKey() {
  put($('key'), key ? 'Forget admin key' : 'Enter admin key');
  for (const node of document.querySelectorAll('.needs')) set(node, 'hidden', Boolean(key));
}

function setKey(value) {
  key = value || null;
  if (key) sessionStorage.setItem('fleet-admin-key', key); else sessionStorage.removeItem('fleet-admin-key');
  showKey();
  // With the key, the stream also names users, addresses and origins.
  restart();
}

/** Asks for confirmation, and for the key if there is none. Resolves to whether the user agreed. */
function confirmed(title, text, button, askKey = !key) {
  const dialog = $('dialog'), input = dialog.querySelector('input');
  put($('dialog-title'), title);
  put($('dialog-text'), text);
  put($('dialog-ok'), button);
  $('dialog-key').hidden = !askKey;
  input.required = askKey;
  input.value = '';
  dialog.showModal();
  return new Promise(resolve => {
    const form = dialog.querySelector('form');
    const end = agreed => {
      form.onsubmit = dialog.oncancel = $('dialog-cancel').onclick = null;
      dialog.close();
      if (agreed && askKey) setKey(input.value);
      input.value = '';
      resolve(agreed);
    };
    form.onsubmit = event => { event.preventDefault(); end(true); };
    dialog.oncancel = event => { event.preventDefault(); end(false); };
    $('dialog-cancel').onclick = () => end(false);
  });
}

/** Calls the manager. An error carries the sentence of the answer. */
async function call(path, options = {}) {
  const response = await fetch(path, { ...options, headers: headers(options.headers), cache: 'no-store', redirect: 'manual' });
  if (response.ok || options.any) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) { setKey(null); throw new Refused('The admin key is wrong or missing.'); }
  throw new Error(problem.detail ?? `The manager answered ${response.status}.`);
}

async function withKey(title, run) {
  if (!key && !await confirmed(title, 'This needs the admin key.', 'Continue')) return undefined;
  return run();
}
