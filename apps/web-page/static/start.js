// Starts the engine in its worker, and loads the page beside it: neither waits for the other. What the engine tells before
// the page listens is kept for it (`apps/web-page/src/worker.rs`). Apart, because inline scripts are not allowed.

// Scripts come from here and nowhere else; where trusted types are enforced, their addresses are no texts.
const address = (text) => {
  if (new URL(text, location.origin).origin !== location.origin) throw new TypeError(text);
  return text;
};
const policy = globalThis.trustedTypes?.createPolicy("parlor", { createScriptURL: address });
const trusted = (text) => policy ? policy.createScriptURL(text) : address(text);

// The number of the account that this tab shows: the tab's own, or the one that was chosen last.
function chosen() {
  const kept = (storage) => {
    try { return globalThis[storage].getItem("account"); } catch { return null; }
  };
  const number = Number(kept("sessionStorage") ?? kept("localStorage"));
  return Number.isInteger(number) && number > 0 && number < 2 ** 32 ? number : 1;
}

const [account, told] = [chosen(), []];
let worker;
try {
  worker = new Worker(trusted("{{core.js}}"), { type: "module", name: String(account) });
  worker.onmessage = worker.onerror = (event) => told.push(event);
} catch {
  // The page says so.
}
globalThis.parlor = { account, trusted, worker, told };

const [{ default: init }, { belongTo }] = await Promise.all([import("{{page.js}}"), import("{{parts.js}}")]);
belongTo(init({ module_or_path: "{{page.wasm}}" }));
