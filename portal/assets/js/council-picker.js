// The accessible combobox (accessible-autocomplete) over what already works:
//   <select data-autocomplete>                 becomes a box that finds among its options;
//   <input data-autocomplete-source="/address"> gains suggestions from the site, and stays an ordinary input.
// Loaded on first focus, so the person is already in the field: the focus and what was typed are kept.

// From its source: the packed file carries polyfills for browsers that the site does not serve.
import accessibleAutocomplete from "accessible-autocomplete/src/wrapper.js"

const words = {
  tNoResults: () => "Nothing found",
  tAssistiveHint: () => "When suggestions appear, use the up and down arrows to look through them and Enter to choose. Touch users, explore by touch.",
  tStatusQueryTooShort: (length) => `Type ${length} or more characters`,
  tStatusResults: (length, selected) => `${length} ${length === 1 ? "suggestion" : "suggestions"}. ${selected}`,
}

/** Turn a select or an input into a combobox, and put the cursor into it. */
export function enhance(field) {
  if (field.tagName === "SELECT") enhanceSelect(field)
  else enhanceInput(field)
}

function enhanceSelect(select) {
  const id = select.id
  const options = [...select.options].filter((option) => option.value)
  accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.selectedOptions[0]?.value ? select.selectedOptions[0].text : "",
    confirmOnBlur: true,
    showAllValues: true,
    minLength: 0,
    dropdownArrow: () => "",
    source: (query, done) => done(rank(options, query)),
    onConfirm: (text) => {
      // leaving the box after a choice confirms nothing anew: what was chosen stays
      if (text === undefined) return
      const match = options.find((option) => option.text === text)
      select.value = match ? match.value : ""
      select.dispatchEvent(new Event("change", { bubbles: true }))
    },
    ...words,
  })
  const input = document.getElementById(id)
  // a name that was typed but not chosen must not send the council chosen before it
  input?.addEventListener("input", () => {
    if (!options.some((option) => option.text === input.value)) select.value = ""
  })
  input?.focus()
}

/** Names that begin with what was typed first, then names with a word that does, then those that merely hold it. */
export function rank(options, query) {
  const wanted = query.trim().toLowerCase()
  const score = ({ text, dataset }) => {
    const names = [text, ...(dataset?.names || "").split("|")].map((name) => name.toLowerCase())
    if (!wanted || names.some((name) => name.startsWith(wanted))) return 0
    if (names.some((name) => name.split(/[\s-]+/).some((word) => word.startsWith(wanted)))) return 1
    return names.some((name) => name.includes(wanted)) ? 2 : 3
  }
  return options
    .map((option) => [score(option), option.text])
    .filter(([value]) => value < 3)
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text)
}

function enhanceInput(input) {
  const { autocompleteSource } = input.dataset
  const box = document.createElement("div")
  const typed = input.value
  const { form, id, name } = input
  const described = input.getAttribute("aria-describedby")
  input.replaceWith(box)
  let latest = 0
  accessibleAutocomplete({
    element: box,
    id,
    name,
    defaultValue: typed,
    minLength: 2,
    confirmOnBlur: false,
    displayMenu: "overlay",
    showNoOptionsFound: false,
    inputClasses: [...input.classList].join(" "),
    source: async (query, done) => {
      const mine = ++latest
      try {
        const address = new URL(autocompleteSource, location.origin)
        address.searchParams.set("q", query)
        const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "omit" })
        const { results = [] } = answer.ok ? await answer.json() : {}
        if (mine === latest) done(results.map((found) => found.name ?? found.title ?? found))
      } catch {
        done([]) // no suggestions then: the form still finds
      }
    },
    onConfirm: (text) => {
      if (!text || !form) return
      document.getElementById(id).value = text
      form.requestSubmit()
    },
    ...words,
  })
  const fresh = document.getElementById(id)
  if (described) fresh.setAttribute("aria-describedby", [described, fresh.getAttribute("aria-describedby")].filter(Boolean).join(" "))
  fresh.focus()
  fresh.setSelectionRange(typed.length, typed.length)
}
