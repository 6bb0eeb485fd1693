// The answer follows what is typed, after a pause; buttons that put a figure in or copy one need no page of their own.
// Everything works without: the form is a form, and its buttons are its buttons.

const PAUSE = 700

const form = document.querySelector("form[data-live]")
const place = document.querySelector("[data-result]")
const more = document.querySelector("[data-more]")
const status = document.querySelector("[data-status]")

/** The sentence of the answer that stands on the page, or nothing. */
const sentence = () => place?.querySelector("#answer_sentence")

let timer
let running

/** Ask the server for the answer alone. A form that is not complete yet leaves the old answer, marked as such. */
async function ask() {
  running?.abort()
  running = new AbortController()
  const typed = new FormData(form)
  typed.set("do", "live")
  let answer
  try {
    answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(typed), signal: running.signal })
  } catch {
    return // typed on, or no network: the button still works
  }
  if (answer.status === 204) return mark(true)
  if (!answer.ok) return
  const before = sentence()?.textContent
  const open = [...more.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent.trim())
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body.children
  place.innerHTML = fresh[0].innerHTML
  more.innerHTML = fresh[1].innerHTML
  for (const summary of more.querySelectorAll("details > summary")) {
    if (open.includes(summary.textContent.trim())) summary.parentElement.open = true
  }
  mark(false)
  document.querySelector("[data-again]").hidden = false
  showCopyButtons()
  if (sentence().textContent !== before) status.textContent = sentence().textContent
}

/** Say whether the answer on the page is of the numbers in the form. */
function mark(old) {
  for (const part of [place, more]) part.classList.toggle("is-old", old && Boolean(sentence()))
  if (old && sentence()) status.textContent = ""
}

function soon() {
  clearTimeout(timer)
  timer = setTimeout(ask, PAUSE)
}

function showCopyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard
}

document.addEventListener("click", async (event) => {
  const assume = event.target.closest("[data-assume]")
  if (assume) {
    event.preventDefault()
    const field = document.getElementById(new URL(assume.formAction).hash.slice(1))
    field.value = assume.dataset.assume
    field.focus()
    return ask()
  }
  const copy = event.target.closest("[data-copy]")
  if (copy) {
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).value)
    status.textContent = "Copied."
    copy.textContent = "Copied"
  }
})

if (form && place) {
  form.addEventListener("input", soon)
  form.addEventListener("submit", () => clearTimeout(timer))
  // An answer that came between press and release would move the button away from under the finger.
  form.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest("button")) return
    clearTimeout(timer)
    running?.abort()
    addEventListener("pointerup", soon, { once: true })
  })
}
showCopyButtons()
// After a submit the answer is read first, after keeping the link. Nothing is focused on a page that was only opened.
if (["#answer_sentence", "#kept"].includes(location.hash)) document.querySelector(location.hash)?.focus()
