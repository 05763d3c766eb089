"""A component shows the data of the latest run, and listens once, however often Streamlit calls its script."""

from playwright.sync_api import Page

from barrx.ui import component
from tests.browser.conftest import REPOSITORY

SCRIPT = "export default function ({ data, parentElement }) { parentElement.textContent = data.text; }"


def test_data_of_an_older_run_does_not_replace_newer(page: Page) -> None:
    shown = page.evaluate(
        """async (script) => {
          const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
          const { default: mount } = await import(address);
          const [one, other] = [document.createElement("div"), document.createElement("div")];
          for (const [parentElement, run] of [[one, 7], [one, 9], [one, 8], [other, 3]])
            mount({ parentElement, data: { run, text: `run ${run}` } });
          return [one.textContent, other.textContent];
        }""",
        component.guarded(SCRIPT),
    )
    assert shown == ["run 9", "run 3"]


def test_presenter_hears_a_key_once_at_each_stop_and_not_at_all_when_the_tour_has_ended(page: Page) -> None:
    presenter = (REPOSITORY / "barrx/ui/share/presenter.js").read_text(encoding="utf-8")
    asked, is_heard_after_the_end = page.evaluate(
        """async (script) => {
          const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
          const { default: mount } = await import(address);
          const parentElement = document.createElement("div"), asked = [];
          parentElement.innerHTML = '<div class="presenter"></div>';
          document.body.append(parentElement);
          let heard = 0, cleanUp, run = 0;
          document.addEventListener("keydown", () => heard++);
          const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          const show = (at) => {
            const setTriggerValue = (name, { to }) => asked.push([name, at, to]);
            const data = { at, n: 5, place: "", words: {}, run: ++run };
            cleanUp = mount({ parentElement, setTriggerValue, data });
          };
          for (const at of [0, 1, 2, 3]) {
            show(at);
            press("ArrowRight");
          }
          show(4);
          press("ArrowLeft");
          // Streamlit cleans up after the last call only.
          cleanUp?.();
          parentElement.remove();
          press("ArrowRight");
          return [asked, heard === 1];
        }""",
        component.guarded(presenter),
    )
    assert asked == [["go", at, to] for at, to in ((0, 1), (1, 2), (2, 3), (3, 4), (4, 3))]
    assert is_heard_after_the_end
