// Loads the page's module. Apart, because inline scripts are not allowed.
import init from "{{page.js}}";
init({ module_or_path: "{{page.wasm}}" });
