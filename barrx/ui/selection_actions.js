/* Links to the table and to the archive, and a button that copies the address of the page. */

const SAID = 2500; // ms that "Copied" stands

function make(name, attributes, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

async function copy(address) {
  // Over plain http, as in most museums' networks, browsers offer no clipboard.
  if (!navigator.clipboard) return false;
  return navigator.clipboard.writeText(address).then(() => true, () => false);
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".actions");
  // Built once: a click on it must not fall between two builds.
  if (!root.firstChild) {
    root.append(make("a", { download: "", class: "action" }), make("a", { download: "", class: "action" }));
    root.append(make("button", { type: "button", class: "action" }));
    root.append(make("label", { class: "by-hand", hidden: "" }), make("span", { class: "spoken", role: "status" }));
  }
  const [table, archive, button, label, said] = root.children;
  for (const [link, address, text, help] of [
    [table, data.table, data.csv, data.csv_help],
    [archive, data.archive, data.zip, data.zip_help],
  ]) {
    link.href = new URL(address, document.baseURI).href;
    link.textContent = text;
    link.title = help;
  }
  button.title = data.copy_help;
  button.classList.toggle("warns", data.warn);
  if (!button.dataset.isSaying) button.textContent = data.copy;
  label.hidden ||= label.dataset.address !== location.href;

  button.onclick = async () => {
    const address = location.href;
    if (await copy(address)) {
      said.textContent = button.textContent = data.warn ? data.copied_without : data.copied;
      button.dataset.isSaying = "yes";
      setTimeout(() => {
        delete button.dataset.isSaying;
        button.textContent = data.copy;
        said.textContent = "";
      }, SAID);
      return;
    }
    const field = make("input", { type: "text", readonly: "" });
    field.value = label.dataset.address = address;
    label.replaceChildren(data.by_hand, field);
    label.hidden = false;
    field.focus();
    field.select();
  };
}
