// Loads the page's module. Apart, because inline scripts are not allowed.
import init from "{{page.js}}";
import { belongTo } from "{{parts.js}}";
belongTo(init({ module_or_path: "{{page.wasm}}" }));
