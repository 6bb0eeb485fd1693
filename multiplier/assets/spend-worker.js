// Reads the file away from the page, so that the page stays quick. Keeps the bytes, to read again by other columns.

import { Refused, read } from "./spend/reader.js"

let bytes = null

self.addEventListener("message", ({ data }) => {
  if (data.bytes) bytes = new Uint8Array(data.bytes)
  try {
    const reading = read(bytes, data, (share) => self.postMessage({ share }))
    self.postMessage({ reading })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    self.postMessage({ refused: error.message })
  }
})
