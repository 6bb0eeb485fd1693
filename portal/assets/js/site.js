// What the pages gain where scripts run. Everything works without: this file only makes it kinder.
// Kept small (DESIGN section 7): only the govuk-frontend modules in use, and what few people need comes on first use.

import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs"
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs"
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs"
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs"
import { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs"

import { menu } from "./menu.js"
import { openWhenWide } from "./open-when-wide.js"

document.body.classList.add("js-enabled", "govuk-frontend-supported")

const everywhere = { "govuk-error-summary": ErrorSummary, "govuk-button": Button, "govuk-character-count": CharacterCount }
for (const [name, Module] of Object.entries(everywhere)) {
  for (const element of document.querySelectorAll(`[data-module="${name}"]`)) new Module(element)
}

// Radios and checkboxes need a script only where one of them opens more questions.
const revealing = { "govuk-radios": Radios, "govuk-checkboxes": Checkboxes }
for (const [name, Module] of Object.entries(revealing)) {
  for (const element of document.querySelectorAll(`[data-module="${name}"]`)) {
    if (element.querySelector("[data-aria-controls]")) new Module(element)
  }
}

// The skip link has done its work at once. Left in the address, its fragment would go with the next form, and take the
// focus from the summary of its errors.
function forgetTheSkipLink() {
  if (location.hash === "#main") history.replaceState(history.state, "", location.pathname + location.search)
}
addEventListener("hashchange", forgetTheSkipLink)
forgetTheSkipLink()

menu()
openWhenWide()

// The combobox is heavy: it comes when somebody first enters such a field.
document.addEventListener(
  "focusin",
  async (event) => {
    const field = event.target.closest?.("select[data-autocomplete], input[data-autocomplete-source]")
    if (!field || field.dataset.enhanced) return
    field.dataset.enhanced = "yes"
    const typed = letters(field)
    const { enhance } = await import("./council-picker.js").finally(typed.end)
    enhance(field, typed.said())
  },
)

// What is typed into a select while the combobox is on its way.
function letters(field) {
  let said = ""
  const listen = (event) => {
    if (field.tagName !== "SELECT" || event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return
    said += event.key
    event.preventDefault() // else it would choose the first option that begins so
  }
  field.addEventListener("keydown", listen)
  return { said: () => said, end: () => field.removeEventListener("keydown", listen) }
}

// One that was sent with a name that is none in its list shows what was typed, as soon as the page is there.
const typed = document.querySelector("select[data-typed]")
if (typed) {
  typed.dataset.enhanced = "yes"
  import("./council-picker.js").then(({ enhanceSelect }) => enhanceSelect(typed))
}
