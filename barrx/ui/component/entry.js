/* What Streamlit runs of a component whose code is in several modules. It is served from a blob: address, where relative
   imports fail, so they come by our route, as one: `folder` of the data names them. */

// One promise for all calls: imports of one module may be answered in any order. By folder: components with the same
// script share one module.
const loading = new Map();

function load(folder) {
  if (!loading.has(folder)) {
    const code = import(new URL(`barrx/${folder}/whole.js`, document.baseURI)).catch((error) => {
      loading.delete(folder); // the next run of the page tries again
      throw error;
    });
    loading.set(folder, code);
  }
  return loading.get(folder);
}

export default async function (component) {
  const { mount } = await load(component.data.folder);
  return mount(component);
}
