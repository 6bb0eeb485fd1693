// Reads a published spend file in the browser, as multiplier/spend/ does on the server: the same words (words.json), the
// same cases (multiplier/tests/spend/cases.py), compared on random files by multiplier/tests/spend/test_browser.py.
// Sums are whole pence; a number holds them exactly up to £90,000,000,000,000.

import { areaOf, penceOf, placeOf, supplierKey, tidy } from "./cells.js"
import { guess, HEADER_WITHIN, JUDGED_ROWS, WORDS } from "./columns.js"

export { areaOf, WORDS }
export class Refused extends Error {}

const SEPARATORS = [",", ";", "\t", "|"]
const SHOWN_SKIPPED = 5
const TOTALS = new Set(WORDS.total_rows)

// ---- Bytes to text, text to rows

function encodingOf(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le"
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be"
  const sample = bytes.subarray(0, 4096)
  for (const [name, start] of [["utf-16le", 1], ["utf-16be", 0]]) {
    let all = 0
    let zeros = 0
    for (let at = start; at < sample.length; at += 2) {
      all += 1
      if (sample[at] === 0) zeros += 1
    }
    if (zeros * 10 > all * 3) return name
  }
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return "windows-1252"
  }
  return "utf-8"
}

const startsWith = (bytes, ...signature) => signature.every((byte, at) => bytes[at] === byte)

/** Control characters, which no text has, but for blanks, line ends and DOS's mark of the end. */
function controlsIn(text) {
  let found = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 9 || (code > 13 && code < 32 && code !== 26) || code === 127) found += 1
  }
  return found
}

function decode(bytes) {
  if (bytes.every((byte) => byte === 32 || (byte >= 9 && byte <= 13))) throw new Refused("empty")
  if (startsWith(bytes, 0x50, 0x4b, 3, 4) || startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)) throw new Refused("workbook")
  if (startsWith(bytes, 0x25, 0x50, 0x44, 0x46)) throw new Refused("pdf")
  const encoding = encodingOf(bytes)
  const marked = encoding === "windows-1252" && startsWith(bytes, 0xef, 0xbb, 0xbf)
  const whole = new TextDecoder(encoding).decode(marked ? bytes.subarray(3) : bytes)
  // A stray one is let pass; of random bytes every ninth is one.
  if (controlsIn(whole) * 50 > bytes.length) throw new Refused("no_text")
  const text = whole.replaceAll("\0", "")
  if (/^(<!doctype html|<html)/i.test(text.trimStart())) throw new Refused("page")
  return { text: text.replaceAll("\r\n", "\n").replaceAll("\r", "\n"), encoding: encoding.replace(/(16)([lb]e)/, "$1-$2") }
}

function separatorOf(text) {
  const lines = text.slice(0, 200000).split("\n").filter((line) => line.trim()).slice(0, 30)
  const bare = lines.map((line) => line.replace(/"[^"]*(?:"|$)/g, ""))
  let best = SEPARATORS[0]
  let most = [0, 0]
  for (const separator of SEPARATORS) {
    const counts = new Map()
    for (const line of bare) {
      const found = line.split(separator).length - 1
      if (found) counts.set(found, (counts.get(found) || 0) + 1)
    }
    for (const [found, often] of counts) {
      if (often > most[0] || (often === most[0] && found > most[1])) [best, most] = [separator, [often, found]]
    }
  }
  return best
}

/** Call `take(row, at)` for each row; it stops when that gives false. Quotes as in Python's csv module. */
function eachRow(text, separator, quotes, take) {
  const divides = separator.charCodeAt(0)
  const end = text.length
  let at = 0
  while (at < end) {
    const row = []
    for (;;) {
      let cell = ""
      if (quotes && text.charCodeAt(at) === 34) {
        at += 1
        for (;;) {
          const close = text.indexOf('"', at)
          if (close < 0) {
            cell += `${text.slice(at)}\n`
            at = end
            break
          }
          cell += text.slice(at, close)
          at = close + 1
          if (text.charCodeAt(at) !== 34) break
          cell += '"'
          at += 1
        }
      }
      const start = at
      for (let code = text.charCodeAt(at); at < end && code !== divides && code !== 10; code = text.charCodeAt(at)) at += 1
      row.push(cell + text.slice(start, at))
      if (at >= end || text.charCodeAt(at) !== divides) break
      at += 1
    }
    at += 1
    if (take(row, at) === false) return
  }
}

function quotesHold(text, separator) {
  let hold = true
  if (!text.includes('"')) return hold
  eachRow(text, separator, true, (row) => {
    hold = !row.some((cell) => cell.length > 200 && (cell.length > 5000 || cell.split("\n").length - 1 > 20))
    return hold
  })
  return hold
}

// ---- The whole file

/** Whether a name that is none, or has "total" in it, may name the sum of what stands above. */
const mayBeTotal = (key) => !key || key.split(" ").some((word) => TOTALS.has(word))

class Sums {
  constructor(columns) {
    Object.assign(this, { columns, lines: 0, pence: 0, rounded: 0, skipped: {}, examples: [], found: new Map(), spelled: new Map() })
  }

  add(index, row) {
    const { header, supplier, amount, place } = this.columns
    if (index === header || amount < 0) return
    if (!row.some(tidy)) {
      if (row.length > 1) this.skip(index, "blank") // a line without a separator is no row
      return
    }
    if (index < header) return this.skip(index, "before")
    const [name, where, key] = this.spelling(row[supplier] ?? "", row[place] ?? "")
    const typed = row[amount] ?? ""
    const pence = penceOf(typed)
    const reason = this.reason(key, typed, pence, row)
    if (reason) return this.skip(index, reason)
    this.lines += 1
    this.pence += pence
    if (/e/i.test(typed)) this.rounded += 1
    const id = `${key}\n${where}`
    let group = this.found.get(id)
    if (!group) this.found.set(id, (group = { key, supplier: name, place: where, pence: 0, lines: 0 }))
    group.pence += pence
    group.lines += 1
  }

  skip(index, reason) {
    this.skipped[reason] = (this.skipped[reason] || 0) + 1
    if (this.skipped[reason] <= SHOWN_SKIPPED) this.examples.push([index + 1, reason])
  }

  spelling(supplier, place) {
    const id = `${supplier}\0${place}`
    let known = this.spelled.get(id)
    if (!known) this.spelled.set(id, (known = [tidy(supplier), placeOf(place), supplierKey(supplier)]))
    return known
  }

  reason(key, typed, pence, row) {
    const total = TOTALS.has(key) || (!key && row.some((cell) => TOTALS.has(supplierKey(cell))))
    if (total || (this.lines > 1 && pence === this.pence && mayBeTotal(key))) return "total"
    if (pence === null) return tidy(typed) ? "unreadable" : "no_amount"
    return ""
  }

  groups() {
    const order = (one, other) => (one < other ? -1 : one > other ? 1 : 0)
    return [...this.found.values()].sort(
      (one, other) => other.pence - one.pence || order(one.key, other.key) || order(one.place, other.place),
    )
  }
}

/**
 * Read a file's bytes; `chosen` says which columns, else they are guessed, below `header` if given. Throws Refused with a
 * key of the words.
 * `report` hears how much is read, from 0 to 1.
 */
export function read(bytes, { chosen = null, header = null } = {}, report = () => {}) {
  const { text, encoding } = decode(bytes)
  const separator = separatorOf(text)
  const quotes = quotesHold(text, separator)
  const bare = quotes ? (row) => row : (row) => row.map((cell) => cell.replace(/^[ "]+|[ "]+$/g, ""))
  const first = []
  eachRow(text, separator, quotes, (row) => first.push(bare(row)) < JUDGED_ROWS)
  if (!first.some((row) => row.length > 1)) throw new Refused("no_table")
  const columns = chosen || guess(first, header)
  const width = Math.max(...first.map((row) => row.length))
  const sums = new Sums(columns)
  let index = 0
  eachRow(text, separator, quotes, (row, at) => {
    sums.add(index, bare(row))
    index += 1
    if (index % 2000 === 0) report(at / text.length)
  })
  const firstRows = first.slice(0, HEADER_WITHIN).map((row) => row.map(tidy).filter(Boolean).join(" | "))
  while (firstRows.at(-1) === "") firstRows.pop()
  return {
    encoding,
    separator,
    columns,
    headers: Array.from({ length: width }, (_, index) => tidy(first[columns.header]?.[index] ?? "")),
    sample: first.slice(columns.header + 1, columns.header + 4).map((row) => row.map(tidy)),
    groups: sums.groups(),
    lines: sums.lines,
    pence: sums.pence,
    skipped: sums.skipped,
    examples: sums.examples,
    rounded: sums.rounded,
    first_rows: firstRows,
    sheet: "",
    sheets: [],
  }
}
