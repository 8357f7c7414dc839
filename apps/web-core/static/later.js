
// Loads the later file of the engine: once the first has begun, or at once if that one cannot go on without it. What
// stands before this is written when the first file is bound to its script.
const LATER = "{{core-later.wasm}}";
const prefetch = new AbortController();
let later;

// Called by the first file, once; a worker may wait.
function bring() {
  if (!later) {
    prefetch.abort();
    const request = new XMLHttpRequest();
    request.open("GET", LATER, false);
    request.responseType = "arraybuffer";
    request.send();
    if (request.status !== 200) throw new Error(`the rest of the engine: ${request.status}`);
    later = new WebAssembly.Module(request.response);
  }
  new WebAssembly.Instance(later, { first: wasm });
}

async function begin() {
  await __wbg_init();
  // If it cannot be had now, it is asked for again when it is needed.
  later = await WebAssembly.compileStreaming(fetch(LATER, { signal: prefetch.signal })).catch(() => later);
}

begin().catch(reportError);
