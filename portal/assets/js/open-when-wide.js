// Filters stand behind their summary on narrow screens and open where there is room for them.

export function openWhenWide() {
  if (!matchMedia("(min-width: 64rem)").matches) return
  for (const details of document.querySelectorAll("details[data-open-when-wide]")) details.open = true
}
