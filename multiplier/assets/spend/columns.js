// Which row is the header, and which columns say who, how much and where, as multiplier/spend/columns.py judges it: a name
// proposes, values may refuse.

import WORDS from "../../spend/words.json"
import { penceOf, placeOf, tidy } from "./cells.js"

export { WORDS }
export const KINDS = ["supplier", "amount", "place"]
export const HEADER_WITHIN = 40
export const JUDGED_ROWS = 200
const CODES = new Set(WORDS.codes)
const searched = (name) => new RegExp(WORDS.shapes[name], "i")
const everywhere = (name) => new RegExp(WORDS.shapes[name], "gi")
const whole = (name) => new RegExp(`^(?:${WORDS.shapes[name]})$`, "i")
const TEXT_OF_CODE = searched("text_of_code")
const NET = everywhere("net")
const GROSS = everywhere("gross")
const NO_PLACE = searched("no_place")
const MONEY = searched("money")
const COMPANY = searched("company")
const CODE = whole("code")
const WHOLE = whole("whole")
const DATE = whole("date")

const count = (cells, test) => cells.reduce((sum, cell) => sum + (test(cell) ? 1 : 0), 0)

/** "excl. VAT" and its like become "net"; "Supplier ID(T)", the text of a code, "supplier". */
function plain(header) {
  if (header.includes("£") && !/[a-z0-9]/.test(header.toLowerCase())) return "gbp"
  const textOfCode = TEXT_OF_CODE.test(header)
  const apart = header.replace(TEXT_OF_CODE, "").replace(/([a-z])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
  const name = apart.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim().replace(NET, "net").replace(GROSS, "gross")
  return textOfCode ? name.split(" ").filter((word) => !CODES.has(word)).join(" ") : name
}

/** Guess the header among the first rows, unless it is given, and its columns. */
export function guess(rows, given = null) {
  const header = given ?? headerOf(rows)
  const names = (rows[header] || []).map(plain)
  const below = rows.slice(header + 1, JUDGED_ROWS).filter((row) => row.some(tidy))
  const width = Math.max(names.length, ...below.map((row) => row.length))
  const values = Array.from({ length: width }, (_, index) => below.map((row) => tidy(row[index] ?? "")).filter(Boolean))
  while (names.length < width) names.push("")
  const found = { header }
  const taken = []
  for (const kind of KINDS) taken.push((found[kind] = columnOf(kind, names, values, taken)))
  return found
}

/** The header holds no number and no date. */
function headerOf(rows) {
  let best = -1
  let most = [0, 0]
  let figuresSeen = false
  for (const [index, row] of rows.slice(0, HEADER_WITHIN).entries()) {
    const filled = count(row, tidy)
    if (row.some(isFigure)) {
      figuresSeen ||= filled > 1
      continue
    }
    const names = row.map(plain)
    const taken = []
    for (const kind of KINDS) taken.push(proposed(kind, names, taken)[0] ?? -1)
    if (taken[0] >= 0 && taken[1] >= 0) return index
    const named = count(taken, (column) => column >= 0)
    const more = best < 0 || named > most[0] || (named === most[0] && filled > most[1])
    if (filled && (named || !figuresSeen) && more) [best, most] = [index, [named, filled]]
  }
  return best
}

function isFigure(cell) {
  const text = tidy(cell)
  return /[0-9]/.test(text) && (penceOf(text) !== null || WHOLE.test(text) || DATE.test(text))
}

const hasOne = (name, words) => name.split(" ").some((word) => words.has(word))

/** The columns that a name proposes: exact names first. Names of codes propose a supplier only with `codes`. */
function proposed(kind, names, taken, codes = false) {
  const strange = new Set([...WORDS.not_in[kind], ...(kind === "supplier" && !codes ? CODES : [])])
  const free = names.map((_, index) => index).filter((index) => !taken.includes(index))
  const fitting = free.filter((index) => !hasOne(names[index], strange))
  const words = WORDS.columns[kind]
  const found = new Set(words.flatMap((word) => free.filter((index) => names[index] === word)))
  for (const word of words) for (const index of fitting) if (` ${names[index]} `.includes(` ${word} `)) found.add(index)
  return [...found]
}

function columnOf(kind, names, values, taken) {
  const fitting = (indexes) => indexes.filter((index) => values[index].length && fits(kind, values[index]))
  const named = proposed(kind, names, taken)
  let good = fitting(named)
  if (kind === "place") {
    return [...good, ...byValues(kind, names, values, taken), ...named.filter((index) => !values[index].length)][0] ?? -1
  }
  const most = Math.max(0, ...good.map((index) => values[index].length))
  good = good.filter((index) => values[index].length * 2 > most)
  // Of twins, which have one name, the fuller.
  good = good.filter((index) => names[index] === names[good[0]]).sort((one, other) => values[other].length - values[one].length)
  if (!good.length && kind === "supplier") good = fitting(proposed(kind, names, taken, true))
  const sure = new Set(WORDS.sure_amounts)
  const left = kind === "amount" ? named.filter((index) => !areCodes(values[index]) || hasOne(names[index], sure)) : named
  return [...good, ...byValues(kind, names, values, taken), ...left][0] ?? -1
}

/** Whether these values may be meant: money, names or places. */
function fits(kind, cells) {
  const half = cells.length / 2
  if (kind === "amount") {
    // Ten whole numbers without a penny among them are doubtful: look elsewhere first.
    const doubtful = cells.length >= 10 && cells.every((cell) => WHOLE.test(cell))
    return count(cells, (cell) => penceOf(cell) !== null) >= half && !doubtful && !areCodes(cells)
  }
  if (kind === "supplier") return count(cells, (cell) => !CODE.test(cell) && !isFigure(cell)) >= half
  if (count(cells, (cell) => NO_PLACE.test(cell)) * 5 >= Math.max(1, cells.length)) return false
  return count(cells, (cell) => !isFigure(cell)) >= half
}

/** Whether whole numbers are codes: of one length, five digits or more, or zeros in front. */
function areCodes(cells) {
  if (cells.length < 2 || !cells.every((cell) => WHOLE.test(cell))) return false
  const oneLength = cells[0].length >= 5 && cells.every((cell) => cell.length === cells[0].length)
  return oneLength || cells.some((cell) => cell.startsWith("0") && cell.length > 1)
}

/** The one column, at most, that is told by its values whatever its name. */
function byValues(kind, names, values, taken) {
  const strange = new Set(WORDS.not_in[kind])
  const shapes = { place: (cell) => placeOf(cell) !== cell.toUpperCase(), amount: (cell) => MONEY.test(cell), supplier: (cell) => COMPANY.test(cell) }
  const found = []
  for (const [index, cells] of values.entries()) {
    if (taken.includes(index) || !cells.length || hasOne(names[index], strange)) continue
    const alike = count(cells, shapes[kind])
    if (alike * (kind === "supplier" ? 5 : 2) >= cells.length && fits(kind, cells)) found.push([index, alike])
  }
  // Several columns of money are net, VAT and gross: which is which only a person can say.
  if (kind === "amount" && found.length > 1) return []
  return found.sort(([, one], [, other]) => other - one).slice(0, 1).map(([index]) => index)
}
