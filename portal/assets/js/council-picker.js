// The accessible combobox (accessible-autocomplete) over what already works:
//   <select data-autocomplete>                 becomes a box that finds among its options;
//   <input data-autocomplete-source="/address"> gains suggestions from the site, and stays an ordinary input; one that
//                                              has an address of its own ("url") leads there when it is chosen;
//   <input data-autocomplete-source="#id"> gains them from that <datalist>.
// Loaded on first focus, so the person is already in the field: the focus and what was typed are kept.

// From its source: the packed file carries polyfills for browsers that the site does not serve.
import accessibleAutocomplete from "accessible-autocomplete/src/wrapper.js"

const ENOUGH = 200 // what four suggestions need, in pixels; the list scrolls
const GAP = 8 // between such a list and the edge of what is seen

const words = {
  tNoResults: () => "Nothing found",
  tAssistiveHint: () => "When suggestions appear, use the up and down arrows to look through them and Enter to choose. Touch users, explore by touch.",
  tStatusQueryTooShort: (length) => `Type ${length} or more characters`,
  tStatusResults: (length, selected) => `${length} ${length === 1 ? "suggestion" : "suggestions"}. ${selected}`,
}

/** Turn a select or an input into a combobox, and put the cursor into it. `letters`: what was typed into it as a select. */
export function enhance(field, letters = "") {
  const isSelect = field.tagName === "SELECT"
  const typed = isSelect ? letters : field.value === field.defaultValue ? "" : field.value
  const input = isSelect ? enhanceSelect(field) : enhanceInput(field)
  place(input)
  input.addEventListener("input", () => place(input)) // the page may have been scrolled, and a keyboard come up
  input.focus()
  if (typed) {
    input.value = typed
    input.dispatchEvent(new Event("input", { bubbles: true }))
  }
  // The library marks all that stands in a box once it has the focus: the next letter would replace what was typed.
  if (typed || !isSelect) setTimeout(() => input.setSelectionRange(input.value.length, input.value.length))
}

/** Open the list below the box if there is enough room, else where there is more; no taller than that. */
function place(input) {
  const { top, bottom } = input.getBoundingClientRect()
  const { offsetTop, height } = visualViewport
  const above = top - offsetTop
  const below = offsetTop + height - bottom
  const isAbove = below < ENOUGH && above > below
  const wrapper = input.closest(".autocomplete__wrapper")
  wrapper.classList.toggle("autocomplete__wrapper--above", isAbove)
  wrapper.style.setProperty("--room", `${Math.floor((isAbove ? above : below) - GAP)}px`)
}

/**
 * Turn a select into a combobox. With data-typed-as="q", what was typed and is no option goes with the form by that name;
 * data-typed is what stood there when the page was sent before.
 */
export function enhanceSelect(select) {
  const { id } = select
  const { typed = "", typedAs = "" } = select.dataset
  const options = [...select.options].filter((option) => option.value)
  const few = options.length <= 20
  accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.selectedOptions[0]?.value ? select.selectedOptions[0].text : typed,
    autoselect: false,
    confirmOnBlur: false,
    displayMenu: "overlay", // a list in the page moves the button away from under the pointer when it closes
    showAllValues: few,
    minLength: few ? 0 : 2,
    dropdownArrow: () => "",
    source: ranked(options, select.dataset.autocompleteSource),
    onConfirm: (text) => {
      if (text) take(text)
    },
    ...words,
    tAssistiveHint: () => [description(select), words.tAssistiveHint()].filter(Boolean).join(" "),
  })
  const input = document.getElementById(id)
  const take = (text) => {
    choose(select, options, text)
    input.name = select.value ? "" : typedAs
  }
  if (typed) take(typed)
  // What was typed in full counts as chosen; anything else must not send the one chosen before.
  input.addEventListener("input", () => take(input.value))
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !input.getAttribute("aria-activedescendant")) enter(event, select, input)
  })
  return input
}

/** Enter with nothing marked in the list: takes the only option that it can mean, else sends the form. */
function enter(event, select, input) {
  const list = [...input.closest(".autocomplete__wrapper").querySelectorAll(".autocomplete__menu--visible [aria-posinset]")]
  const meant = select.value ? select.selectedOptions[0].text : ""
  const only = list.length === 1 ? list[0] : list.find((option) => option.textContent === meant)
  event.stopPropagation() // the box would swallow it
  if (!only) return
  event.preventDefault()
  only.click()
}

/** Make the select say what the box says: the option of this name, or none. */
function choose(select, options, text) {
  const wanted = text.trim().toLowerCase()
  const called = options.filter((option) => names(option).includes(wanted))
  const match = called.find((option) => option.text.toLowerCase() === wanted) || (called.length === 1 && called[0])
  select.value = match ? match.value : ""
  select.dispatchEvent(new Event("change", { bubbles: true }))
}

/** The hint and the error that belong to a field, as one text. */
function description(field) {
  const ids = (field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean)
  return ids.map((id) => document.getElementById(id)?.textContent.trim()).filter(Boolean).join(" ")
}

/** All that an option is called, in small letters: its text and its data-names="one|another". */
function names({ text, dataset }) {
  return [text, ...(dataset?.names || "").split("|")].filter(Boolean).map((name) => name.toLowerCase())
}

/** Names that begin with what was typed first, then names with a word that does, then those that merely hold it. */
function rank(options, query) {
  const wanted = query.trim().toLowerCase()
  const score = (option) => {
    const known = names(option)
    if (!wanted || known.some((name) => name.startsWith(wanted))) return 0
    if (known.some((name) => name.split(/[\s-]+/).some((word) => word.startsWith(wanted)))) return 1
    return known.some((name) => name.includes(wanted)) ? 2 : 3
  }
  return options
    .map((option) => [score(option), option.text])
    .filter(([value]) => value < 3)
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text)
}

/** A source of options by what they are called; where none is, those that the site finds by another name or spelling. */
function ranked(options, address) {
  const ask = address && fromSite(address)
  return (query, done) => {
    const here = rank(options, query)
    if (here.length || !ask) return done(here)
    ask(query, (results) => done(results.flatMap(({ url }) => options.filter(({ value }) => url === `/councils/${value}/`).map(({ text }) => text))))
  }
}

/** A source of suggestions: what the site answers to the newest question. */
function fromSite(source) {
  let latest = 0
  return async (query, done) => {
    const mine = ++latest
    try {
      const address = new URL(source, location.origin)
      address.searchParams.set("q", query)
      const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "omit" })
      const { results = [] } = answer.ok ? await answer.json() : {}
      if (mine === latest) done(results)
    } catch {
      done([]) // no suggestions then: the form still finds
    }
  }
}

/** A source of suggestions: the options of a <datalist>, the best ten. */
function fromList(selector) {
  const options = [...document.querySelector(selector).options].map(({ value, dataset }) => ({ text: value, dataset }))
  return (query, done) => done(rank(options, query).slice(0, 10))
}

/** What stands in the box when a suggestion is chosen: a name of its own, or the thing's title. */
function called(found) {
  return found?.title ?? found?.name ?? found ?? ""
}

/** A suggestion as its line shows it, escaped: the list takes HTML. */
function described(found) {
  const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
  const more = [found.name !== found.title ? found.name : "", found.kind].filter(Boolean).join(", ")
  return escape(called(found)) + (more && found.title ? ` <span class="autocomplete__kind">${escape(more)}</span>` : "")
}

function enhanceInput(input) {
  const { autocompleteSource } = input.dataset
  const box = document.createElement("div")
  const { defaultValue, form, id, name } = input
  const hint = description(input)
  input.replaceWith(box)
  accessibleAutocomplete({
    element: box,
    id,
    name,
    defaultValue,
    minLength: 2,
    confirmOnBlur: false,
    displayMenu: "overlay",
    showNoOptionsFound: false,
    inputClasses: [...input.classList].join(" "),
    source: autocompleteSource.startsWith("#") ? fromList(autocompleteSource) : fromSite(autocompleteSource),
    templates: { inputValue: called, suggestion: described },
    onConfirm: (found) => {
      if (found?.url) location.assign(found.url)
      else if (found && form) {
        document.getElementById(id).value = called(found)
        form.requestSubmit()
      }
    },
    ...words,
    tAssistiveHint: () => [hint, words.tAssistiveHint()].filter(Boolean).join(" "),
  })
  const fresh = document.getElementById(id)
  // With the list open and nothing in it chosen, the box would swallow Enter: it sends the form, as in any search box.
  fresh.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !fresh.getAttribute("aria-activedescendant")) event.stopPropagation()
  })
  return fresh
}
