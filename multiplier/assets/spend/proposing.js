// From groups of payments and what is said to be local: round 2, as multiplier/spend/proposal.py has it.

import { WORDS, areaOf } from "./reader.js"

const PLACES = 6

/** What a group is: its own mark, else its place's; unknown unless something says so. */
export function markOf(group, { places, others, suppliers }) {
  const own = suppliers.get(`${group.key}\n${group.place}`)
  if (own) return own
  if (!places.size || !group.place) return "unknown"
  return places.has(group.place) || places.has(areaOf(group.place)) ? "local" : others
}

export function propose(groups, marks) {
  const sums = { local: 0, elsewhere: 0, unknown: 0, refunded: 0 }
  for (const group of groups) {
    if (group.pence > 0) sums[markOf(group, marks)] += group.pence
    else sums.refunded += 1
  }
  const total = sums.local + sums.elsewhere + sums.unknown
  return { ...sums, total, share: shareOf(sums.local, sums.unknown, total) }
}

/** Round 2 as a percentage; the ends of a range are rounded outwards. */
function shareOf(local, unknown, total) {
  if (!total) return ""
  if (!unknown) return `${percentage(local, total, "half")}%`
  return `${percentage(local, total, "down")} to ${percentage(local + unknown, total, "up")}%`
}

export function percentage(part, total, way, places = PLACES) {
  const scaled = BigInt(part) * 100n * 10n ** BigInt(places)
  const whole = BigInt(total)
  const more = { down: 0n, up: whole - 1n, half: whole / 2n }[way]
  // Half up, exactly: twice the part against twice the whole.
  const steps = way === "half" ? (2n * scaled + whole) / (2n * whole) : (scaled + more) / whole
  return decimal(steps, places)
}

export function decimal(steps, places) {
  const digits = steps.toString().padStart(places + 1, "0")
  const part = digits.slice(digits.length - places).replace(/0+$/, "")
  return `${digits.slice(0, digits.length - places)}${part ? "." : ""}${part}`
}

/** £126,000, as the server writes it: whole pounds, half up. */
export function pounds(pence, exact = false) {
  const size = Math.abs(pence)
  const sign = pence < 0 ? "−" : ""
  if (!exact) return `${sign}£${Math.floor((size + 50) / 100).toLocaleString("en-GB")}`
  return `${sign}£${Math.floor(size / 100).toLocaleString("en-GB")}.${String(size % 100).padStart(2, "0")}`
}

export function sentence({ local, unknown, total }) {
  const [all, low, high] = [total, local, local + unknown].map((pence) => pounds(pence))
  return low === high ? `Of ${all}, ${low} was spent locally.` : `Of ${all}, between ${low} and ${high} was spent locally.`
}

/** Why round 2 is a range, or why it is none. */
export function whyRange({ unknown }, { places }) {
  if (!unknown) return WORDS.range.none
  return WORDS.range[places.size ? "some_unknown" : "nothing_ticked"]
}

/** The fields of the guided calculator. */
export function handedOver({ total, share }, view, area) {
  const income = decimal(BigInt(total), 2)
  return {
    view, area, how: "guided", income, supplier_amount: income, supplier_local: share, local_basis: "accounts",
  }
}
