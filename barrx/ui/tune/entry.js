/* What Streamlit runs. It is served from a blob: address, where relative imports fail, so the modules come by our route. */
export default async function (component) {
  const { mount } = await import(new URL("barrx/tune/main.js", document.baseURI).href);
  return mount(component);
}
