"""A component shows the data of the latest run, in whatever order the browser imports its script."""

from playwright.sync_api import Page

from barrx.ui import component

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
