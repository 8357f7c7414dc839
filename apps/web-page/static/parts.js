// Loads parts of the page's module that are not in its first file. A part is a list of files that share the page's
// memory and table of functions; each is loaded once. What follows is written when the module is taken apart.
const loading = new Map();
let page;

// Takes the promise of what the page's module exports.
export const belongTo = (exports) => { page = exports; };

function file(place) {
  if (!loading.has(place)) {
    // What could not be loaded is tried again when it is wanted again.
    loading.set(place, bring(place).catch((error) => { loading.delete(place); throw error; }));
  }
  return loading.get(place);
}

async function bring(place) {
  const answer = await fetch(place);
  return WebAssembly.instantiateStreaming(answer, { __wasm_split: await page });
}

// The loader of a part: tells the page, by a function of its table, whether all of it is there now.
const part = (...places) => async (told, about) => {
  const came = await Promise.all(places.map(file)).then(() => true, () => false);
  (await page).__indirect_function_table.get(told)(about, came);
};
