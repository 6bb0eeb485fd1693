// A button below each text that is there to be copied. Without scripts the text is selected and copied by hand.

for (const field of navigator.clipboard ? document.querySelectorAll("textarea[data-copy]") : []) {
  const label = document.querySelector(`label[for="${field.id}"]`).textContent
  const button = document.createElement("button")
  const told = document.createElement("span")
  button.type = "button"
  button.className = "govuk-button govuk-button--secondary copy-button"
  button.textContent = "Copy"
  button.setAttribute("aria-label", `Copy: ${label}`)
  told.setAttribute("role", "status")
  told.className = "copy-told"
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value)
    told.textContent = "Copied"
    setTimeout(() => (told.textContent = ""), 4000)
  })
  field.after(button, told)
}
