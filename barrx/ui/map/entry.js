/* What Streamlit runs. It is served from a blob: address, where relative imports fail, so the modules come by our route. */

const address = (name) => new URL(`barrx/map/${name}`, document.baseURI).href;

// All at once: one module names the next, four deep, and each round costs the map its time.
function preload(modules) {
  for (const name of modules) {
    const href = address(name);
    if (document.head.querySelector(`link[href="${href}"]`)) continue;
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  }
}

export default async function (component) {
  preload(component.data.modules);
  const { mount } = await import(address("main.js"));
  return mount(component);
}
