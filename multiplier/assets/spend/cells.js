// One cell at a time, as multiplier/spend/cells.py reads it: an amount as pence, a supplier as a key, a place as people group it.

const BLANKS = /[\t\n\v\f\r \u00a0\u2000-\u200a\u202f\u3000]+/g
const SIGNS = /[.,'’‘"()[\]/\\*:;#_–-]+/g
const AMOUNT = /^([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?$/
const POWER = /^([0-9])(?:\.([0-9]{0,17}))?E([+-]?[0-9]{1,2})$/
const DAMAGED_POUND = /(?:Ã‚Â£|Â£|ï¿½|\ufffd|┬ú|œ|\x9c|\?)+/g
const POSTCODE = /(?:^|[^A-Z0-9])([A-Z]{1,2}[0-9][0-9A-Z]?) ?[0-9][A-Z]{2}(?![A-Z0-9])/
const OUTWARD = /^[A-Z]{1,2}[0-9][0-9A-Z]?$/

export function penceOf(text) {
  let left = text.replace(BLANKS, "").replace(DAMAGED_POUND, "£").replaceAll("Â", "")
  left = left.toUpperCase().replaceAll("−", "-").replaceAll("–", "-")
  let negative = false
  if (left.startsWith("£(")) left = left.slice(1)
  if (left.startsWith("(") && left.endsWith(")")) [negative, left] = [true, left.slice(1, -1)]
  if (left.endsWith("CR")) [negative, left] = [true, left.slice(0, -2)]
  else if (left.endsWith("DR")) left = left.slice(0, -2)
  for (const mark of ["£", "GBP", "-", "+", "£", "GBP"]) {
    if (left.startsWith(mark)) [negative, left] = [negative || mark === "-", left.slice(mark.length)]
  }
  if (left.endsWith("-")) [negative, left] = [true, left.slice(0, -1)]
  if (!left && /[-−–]/.test(text)) return 0
  const power = POWER.exec(left)
  if (power) left = writtenOut(power[1] + (power[2] || ""), Number(power[3]))
  const found = AMOUNT.exec(left)
  if (!found || !(found[1] || found[2])) return null
  const whole = found[1].replaceAll(",", "")
  if (whole.length > 11) return null
  const part = `${found[2] || ""}000`.slice(0, 3)
  const pence = Number(whole) * 100 + Number(part.slice(0, 2)) + (part[2] >= "5" ? 1 : 0)
  return negative && pence ? -pence : pence
}

/** Write 1.2E+06 as 1200000. */
function writtenOut(digits, power) {
  if (power < 0) return `0.${"0".repeat(-power - 1)}${digits}`
  const all = digits.padEnd(power + 1, "0")
  return `${all.slice(0, power + 1)}.${all.slice(power + 1)}`
}

export const tidy = (text) => text.replace(BLANKS, " ").trim().slice(0, 120)

export function supplierKey(name) {
  const words = name.toLowerCase().replaceAll("&", " and ").replace(SIGNS, " ").replace(BLANKS, " ").trim().split(" ")
  return words.map((word) => (word === "limited" ? "ltd" : word)).join(" ")
}

export function placeOf(text) {
  const place = tidy(text).toUpperCase()
  const found = POSTCODE.exec(place)
  return found ? found[1] : place
}

export const areaOf = (place) => (OUTWARD.test(place) ? place.split(/[0-9]/)[0] : "")
