// Loads parts of the page's module that are not in its first file. A part is a few files that share the page's memory
// and its table of functions; each is loaded once. What follows is written when the module is taken apart.
const loading = new Map();
let page;

// Takes the promise of what the page's module exports.
export const belongTo = (exports) => { page = exports; };

function file(place, lengths) {
  if (!loading.has(place)) {
    // What could not be loaded is tried again when it is wanted again.
    loading.set(place, bring(place, lengths).catch((error) => { loading.delete(place); throw error; }));
  }
  return loading.get(place);
}

// A file with lengths is that many modules, one behind the other.
async function bring(place, lengths) {
  const [answer, exports] = await Promise.all([fetch(place), page]);
  const imports = { __wasm_split: exports };
  if (!lengths) return WebAssembly.instantiateStreaming(answer, imports);
  if (!answer.ok) throw new Error(answer.status);
  const bytes = await answer.arrayBuffer();
  let at = 0;
  return Promise.all(lengths.map((length) => WebAssembly.instantiate(bytes.slice(at, at += length), imports)));
}

// The loader of a part: tells the page, by a function of its table, whether all of it is there now.
const part = (...files) => async (told, about) => {
  const came = await Promise.all(files.map((one) => file(...one))).then(() => true, () => false);
  (await page).__indirect_function_table.get(told)(about, came);
};
