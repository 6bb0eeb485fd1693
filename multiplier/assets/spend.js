// The spend page where scripts run: the file is read in a worker, and nothing of it leaves the browser but the sums that
// are taken to the calculator. Markup and words are the server's (<template data-marks>, words.json).

import { WORDS, areaOf } from "./spend/reader.js"
import { handedOver, percentage, pounds, propose, sentence, whyRange } from "./spend/proposing.js"

const LARGEST = 200 * 1024 * 1024
const SHOWN = 20
const PLACES_SHOWN = 300
const MARKS = { "": "As its place", local: "Local", elsewhere: "Elsewhere", unknown: "Not known" }
const LABELS = { supplier: "Supplier", amount: "Amount", place: "Postcode or place" }

const page = document.querySelector("[data-spend]")
const fileForm = page.querySelector("[data-file]")
const told = page.querySelector("[data-told]")
const bar = page.querySelector("[data-progress]")
const template = page.querySelector("template[data-marks]")
const marks = { places: new Set(), others: "elsewhere", suppliers: new Map() }
let worker = null
let pressed = false // the button was, so that a workbook may be sent to the server
let shown = null // what is on the page: the reading, its section, the filter, how many rows

// What the server read of a workbook keeps the server's buttons.
if (!page.querySelector("[name=groups]")) for (const element of page.querySelectorAll("[data-no-scripts]")) element.hidden = true
const hint = page.querySelector("[data-with-scripts]")
hint.textContent = hint.dataset.withScripts

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

// ---- Reading

function ask(message, transfer = []) {
  if (!worker) {
    worker = new Worker(page.dataset.worker, { type: "module" })
    worker.addEventListener("message", hear)
    worker.addEventListener("error", () => refuse("This browser could not read the file"))
  }
  bar.hidden = false
  bar.querySelector("progress").value = 0
  told.textContent = "Reading the file."
  worker.postMessage(message, transfer)
}

function hear({ data }) {
  if (data.share) {
    bar.querySelector("progress").value = data.share
    return
  }
  bar.hidden = true
  if (!data.refused) return show(data.reading)
  if (data.refused === "workbook") return pressed ? fileForm.submit() : tell(WORDS.refusals.workbook)
  forget() // what was read of another file
  refuse(WORDS.refusals[data.refused])
}

function tell(words) {
  forget()
  told.textContent = words
}

/** Say what is wrong at a field, once. */
function fault(field, words) {
  clear(field)
  const error = make("p", { class: "govuk-error-message", id: `${field.id}_fault`, tabindex: "-1" })
  error.append(make("span", { class: "govuk-visually-hidden" }, "Error: "), words)
  field.before(error)
  field.setAttribute("aria-describedby", `${field.id}_helptext ${error.id}`)
  field.setAttribute("aria-invalid", "true")
  field.closest(".govuk-form-group").classList.add("govuk-form-group--error")
  return error
}

function clear(field) {
  const group = field.closest(".govuk-form-group")
  group.querySelector(".govuk-error-message")?.remove()
  group.classList.remove("govuk-form-group--error")
  field.setAttribute("aria-describedby", `${field.id}_helptext`)
  field.removeAttribute("aria-invalid")
}

function refuse(words) {
  bar.hidden = true
  told.textContent = ""
  fault(fileForm.elements.file, words).focus()
}

async function take(file, byButton = false) {
  pressed = byButton
  clear(fileForm.elements.file)
  if (!file) return refuse("Select a file")
  if (file.size > LARGEST) return refuse(WORDS.refusals.too_large)
  marks.places.clear()
  marks.suppliers.clear()
  const bytes = await file.arrayBuffer()
  ask({ bytes }, [bytes])
}

fileForm.addEventListener("submit", (event) => {
  event.preventDefault()
  take(fileForm.elements.file.files[0], true)
})
fileForm.elements.file.addEventListener("change", (event) => event.target.files[0] && take(event.target.files[0]))

// ---- What was read

function forget() {
  page.querySelectorAll(".spend__read, .spend__marks, .spend__result, [data-columns-sent]").forEach((old) => old.remove())
}

function show(reading) {
  const area = page.querySelector("[name=area]")?.value ?? ""
  const view = page.querySelector("[name=view]")?.value
  forget()
  const fresh = document.importNode(template.content, true)
  page.append(fresh)
  const find = (selector) => page.querySelector(selector)
  shown = { reading, filter: "", rows: SHOWN, find }
  for (const element of page.querySelectorAll("[data-no-scripts]")) element.hidden = true
  const form = find("[data-marking]")
  form.elements.area.value = area
  if (view) form.elements.view.value = view
  form.elements.others.value = marks.others
  form.addEventListener("submit", (event) => event.preventDefault())
  form.addEventListener("input", () => work())
  form.elements.area.addEventListener("input", () => clear(form.elements.area))
  find("[data-hand-over]").addEventListener("submit", (event) => {
    if (form.elements.area.value.trim()) return
    event.preventDefault()
    fault(form.elements.area, WORDS.no_area)
    form.elements.area.focus()
  })
  find("[data-read]").textContent = readWords(reading)
  find("[data-skipped]").replaceChildren(...skippedWords(reading))
  showColumns(reading)
  const nothing = !reading.lines
  for (const selector of ["[data-marking]", "[data-result]"]) find(selector).hidden = nothing
  if (nothing) return refuse(WORDS.refusals.no_amounts)
  clear(fileForm.elements.file)
  showPlaces(reading.groups)
  showBulk()
  showSuppliers()
  work()
  told.textContent = "We have read the file."
  find("#read").focus()
}

function readWords({ lines, pence, groups, encoding, columns, rounded }) {
  const many = (number, word) => `${number.toLocaleString("en-GB")} ${word}${number === 1 ? "" : "s"}`
  return `${many(lines, "line")}, ${pounds(pence, true)} in total after refunds. ${many(groups.length, "supplier")} (one in 2 places counts twice). ` +
    `Read as ${encoding}. ${columns.header < 0 ? "No row has the column names" : `The column names are in row ${columns.header + 1}`}.` +
    (rounded ? ` ${many(rounded, "amount")} ${rounded === 1 ? "is" : "are"} ${WORDS.rounded}.` : "")
}

function skippedWords({ skipped, examples }) {
  if (!examples.length) return []
  const items = Object.keys(skipped).sort().map((reason) => {
    const rows = examples.filter(([, why]) => why === reason).map(([row]) => row)
    const more = skipped[reason] > rows.length ? ", …" : ""
    const many = `${skipped[reason].toLocaleString("en-GB")} row${skipped[reason] === 1 ? "" : "s"}`
    return make("li", {}, `${many}: ${WORDS.skipped[reason]} (${rows.join(", ")}${more})`)
  })
  return [make("p", {}, "We left out:"), make("ul", { class: "quiet" }, ...items)]
}

function showColumns({ columns, headers, sample, first_rows }) {
  const place = shown.find("[data-columns]")
  const fieldset = make("fieldset", { class: "govuk-fieldset" }, make("legend", { class: "govuk-fieldset__legend" }, "Which column is which"))
  for (const [kind, label] of Object.entries(LABELS)) {
    const select = make("select", { class: "govuk-select", id: `column_${kind}`, name: kind })
    ;["None", ...headers].forEach((name, index) => {
      const first = sample.map((row) => row[index - 1]).find(Boolean)
      const words = index ? `${name || `Column ${index}`}${first ? `: ${first.slice(0, 24)}` : ""}` : name
      select.append(new Option(words, index - 1, false, index - 1 === columns[kind]))
    })
    fieldset.append(make("div", { class: "govuk-form-group" }, make("label", { class: "govuk-label", for: `column_${kind}` }, label), select))
  }
  const row = make("select", { class: "govuk-select", id: "column_header" }, new Option(WORDS.no_header, 0))
  for (const [index, text] of first_rows.entries()) if (text) row.append(new Option(`Row ${index + 1}: ${text.slice(0, 60)}`, index + 1))
  row.value = columns.header + 1
  fieldset.append(make("div", { class: "govuk-form-group" }, make("label", { class: "govuk-label", for: "column_header" }, "Row with the column names"), row))
  fieldset.addEventListener("change", (event) => {
    const header = Number(row.value) - 1
    if (event.target === row) return ask({ header })
    const chosen = { header }
    for (const kind of Object.keys(LABELS)) chosen[kind] = Number(fieldset.querySelector(`#column_${kind}`).value)
    ask({ chosen })
  })
  place.append(fieldset)
}

// ---- What is local

function showPlaces(groups) {
  const sums = { areas: new Map(), places: new Map() }
  for (const { place, pence } of groups) {
    if (!place || pence <= 0) continue
    sums.places.set(place, (sums.places.get(place) || 0) + pence)
    const area = areaOf(place)
    if (area) sums.areas.set(area, (sums.areas.get(area) || 0) + pence)
  }
  const list = shown.find("[data-place-list]")
  let number = 0
  for (const [kind, found] of Object.entries(sums)) {
    const order = [...found].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).slice(0, PLACES_SHOWN)
    for (const [value, pence] of order) {
      const id = `place_${number++}`
      const box = make("input", { class: "govuk-checkboxes__input", type: "checkbox", id, name: "places", value })
      box.checked = marks.places.has(value)
      const words = `${value}${kind === "areas" ? " (all of it)" : ""}, ${pounds(pence)}`
      const label = make("label", { class: "govuk-label govuk-checkboxes__label", for: id }, words)
      list.append(make("li", { class: "govuk-checkboxes govuk-checkboxes--small" }, make("div", { class: "govuk-checkboxes__item" }, box, label)))
    }
  }
  shown.find("[data-no-places]").hidden = number > 0
}

const matching = () => {
  const words = shown.filter.toLowerCase()
  if (!words) return shown.reading.groups
  return shown.reading.groups.filter(({ supplier, place }) => `${supplier} ${place}`.toLowerCase().includes(words))
}

/** Find suppliers by name or place, and mark all that were found at once. */
function showBulk() {
  const field = make("input", { class: "govuk-input", id: "supplier_filter", type: "search", autocomplete: "off" })
  const count = make("p", { class: "quiet", role: "status" })
  field.addEventListener("input", (event) => {
    event.stopPropagation()
    shown.filter = field.value.trim()
    shown.rows = SHOWN
    showSuppliers()
    count.textContent = `${matching().length.toLocaleString("en-GB")} found.`
  })
  const buttons = ["local", "elsewhere", "unknown", ""].map((mark) => {
    const button = make("button", { class: "govuk-button govuk-button--secondary govuk-button--small", type: "button" }, MARKS[mark])
    button.addEventListener("click", () => {
      const found = matching()
      for (const group of found) setMark(group, mark)
      showSuppliers()
      work()
      count.textContent = `${found.length.toLocaleString("en-GB")} marked: ${MARKS[mark].toLowerCase()}.`
    })
    return button
  })
  const all = make("div", { class: "spend__all", role: "group", "aria-label": "Mark all suppliers found" }, "Mark all suppliers found: ", ...buttons)
  shown.find("[data-bulk]").append(make("label", { class: "govuk-label", for: "supplier_filter" }, "Find suppliers by name or place"), field, all, count)
}

function setMark(group, mark) {
  const id = `${group.key}\n${group.place}`
  if (mark) marks.suppliers.set(id, mark)
  else marks.suppliers.delete(id)
}

function showSuppliers() {
  const found = matching()
  const rows = found.slice(0, shown.rows).map((group, index) => {
    const id = `supplier_${index}_name`
    const select = make("select", { class: "govuk-select", "aria-labelledby": id })
    const mark = marks.suppliers.get(`${group.key}\n${group.place}`) || ""
    for (const [value, words] of Object.entries(MARKS)) select.append(new Option(words, value, false, value === mark))
    select.addEventListener("input", () => setMark(group, select.value))
    return make("tr", {}, make("th", { scope: "row", id }, group.supplier || WORDS.no_name), make("td", {}, group.place),
      make("td", {}, pounds(group.pence)), make("td", {}, select))
  })
  shown.find("[data-supplier-list]").replaceChildren(...rows)
  const left = found.length - rows.length
  const more = shown.find("[data-more]")
  more.replaceChildren()
  if (left <= 0) return
  const button = make("button", { class: "govuk-button govuk-button--secondary", type: "button" }, `Show more (${left.toLocaleString("en-GB")} left)`)
  button.addEventListener("click", () => {
    shown.rows += SHOWN * 4
    showSuppliers()
  })
  more.append(button)
}

// ---- Round 2

function work() {
  const form = shown.find("[data-marking]")
  marks.places = new Set([...form.querySelectorAll("[name=places]:checked")].map((box) => box.value))
  marks.others = form.elements.others.value || "elsewhere"
  const found = propose(shown.reading.groups, marks)
  const words = sentence(found)
  const told = shown.find("[data-sentence]")
  if (told.textContent !== words) told.textContent = words
  shown.find("[data-why-range]").textContent = whyRange(found, marks)
  let so_far = 0
  let before = 0
  for (const key of ["local", "elsewhere", "unknown"]) {
    so_far += found[key]
    const end = found.total ? Math.floor((so_far / found.total) * 1000) : 0
    const piece = shown.find(`[data-piece=${key}]`)
    piece.setAttribute("x", before)
    piece.setAttribute("width", end - before)
    before = end
    const [money, share] = shown.find(`[data-row=${key}]`).querySelectorAll("td")
    money.textContent = pounds(found[key])
    share.textContent = found.total ? `${percentage(found[key], found.total, "half", 1)}%` : "0%"
  }
  const many = found.refunded === 1 ? "" : "s"
  shown.find("[data-refunds]").textContent = found.refunded
    ? `We left out ${found.refunded.toLocaleString("en-GB")} supplier${many} with refunds of at least what was paid.` : ""
  const over = shown.find("[data-hand-over]")
  over.querySelectorAll("input").forEach((old) => old.remove())
  const fields = handedOver(found, form.elements.view.value, form.elements.area.value)
  for (const [name, value] of Object.entries(fields)) over.append(make("input", { type: "hidden", name, value }))
}
