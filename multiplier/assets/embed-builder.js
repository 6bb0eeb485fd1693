// The snippet's page: preview and code follow what is chosen, and the code is copied with one click.
// The server writes both, so that they are the same without scripts.

const form = document.querySelector("[data-embed-builder]")
const result = document.getElementById("snippet")
const told = form.querySelector("[data-told]")
let waiting = 0
let asked = 0

/** A button beside each piece of code. */
function offerCopying() {
  if (!navigator.clipboard) return
  for (const field of result.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "govuk-button govuk-button--secondary builder__copy"
    button.textContent = "Copy"
    button.setAttribute("aria-describedby", field.id)
    button.setAttribute("aria-label", `Copy: ${result.querySelector(`label[for="${field.id}"]`).textContent}`)
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value)
      button.textContent = "Copied"
      told.textContent = "We have copied the code."
    })
    field.after(button)
  }
}

async function follow() {
  const mine = ++asked
  const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`
  const answer = await fetch(address)
  if (!answer.ok || mine !== asked) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  result.replaceChildren(...page.getElementById("snippet").childNodes)
  offerCopying()
  window.keepItLocal?.[location.origin]?.look()
  const refused = result.querySelector(".builder__refused")
  told.textContent = refused ? refused.textContent : "We have updated the preview and the code."
}

form.addEventListener("input", () => {
  clearTimeout(waiting)
  waiting = setTimeout(follow, 500)
})
offerCopying()
