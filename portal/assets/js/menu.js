// The menu of narrow screens is a <details>. With a script it also closes on Escape and on a click elsewhere.

export function menu() {
  const details = document.querySelector(".menu")
  if (!details) return
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return
    details.open = false
    details.querySelector("summary").focus()
  })
  document.addEventListener("click", (event) => {
    if (details.open && !details.contains(event.target)) details.open = false
  })
}
