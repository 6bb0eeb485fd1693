// What the pages gain where scripts run. Everything works without: this file only makes it kinder.
// Kept small (DESIGN section 7): only the govuk-frontend modules in use, and what few people need comes on first use.

import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs"
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs"

import { menu } from "./menu.js"
import { openWhenWide } from "./open-when-wide.js"

document.body.classList.add("js-enabled", "govuk-frontend-supported")

const eager = { "govuk-error-summary": ErrorSummary, "govuk-button": Button }
for (const [name, Module] of Object.entries(eager)) {
  for (const element of document.querySelectorAll(`[data-module="${name}"]`)) new Module(element)
}

// Radios and checkboxes need a script only where one of them opens more questions; counters only where there is one.
async function start(selector, load) {
  const elements = document.querySelectorAll(selector)
  if (!elements.length) return
  const Module = await load()
  for (const element of elements) new Module(element)
}

start('[data-module="govuk-radios"]:has([data-aria-controls])', async () => (await import("./radios.js")).Radios)
start('[data-module="govuk-checkboxes"]:has([data-aria-controls])', async () => (await import("./checkboxes.js")).Checkboxes)
start('[data-module="govuk-character-count"]', async () => (await import("./character-count.js")).CharacterCount)

menu()
openWhenWide()

// The combobox is heavy: it comes when somebody first enters such a field.
document.addEventListener(
  "focusin",
  async (event) => {
    const field = event.target.closest?.("select[data-autocomplete], input[data-autocomplete-source]")
    if (!field || field.dataset.enhanced) return
    field.dataset.enhanced = "yes"
    const { enhance } = await import("./council-picker.js")
    enhance(field)
  },
)
