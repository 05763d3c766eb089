/* What Streamlit runs of a component whose code is in several modules. It is served from a blob: address, where relative
   imports fail, so the modules come by our route: {folder, modules} of the data name them. */

// One promise for all calls: imports of one module may be answered in any order. By folder: components with the same
// script share one module.
const loading = new Map();

const address = (folder, name) => new URL(`barrx/${folder}/${name}`, document.baseURI).href;

// All at once: one module names the next, four deep, and each round costs its time.
function preload({ folder, modules }) {
  for (const name of modules) {
    const link = Object.assign(document.createElement("link"), { rel: "modulepreload", href: address(folder, name) });
    document.head.append(link);
  }
}

function load(code) {
  const { folder } = code;
  if (!loading.has(folder)) {
    preload(code);
    const main = import(address(folder, "main.js")).catch((error) => {
      loading.delete(folder); // the next run of the page tries again
      throw error;
    });
    loading.set(folder, main);
  }
  return loading.get(folder);
}

export default async function (component) {
  const { mount } = await load(component.data.code);
  return mount(component);
}
