/*!
 * Keep it Local: puts its widgets on your page and keeps their frames as tall as what is in them.
 * Permanent address: /embed/v1.js. It sets no cookie, stores nothing, and asks nobody else.
 *
 *   <iframe data-keepitlocal="multiplier" src="https://.../embed/multiplier/v1/" title="Local multiplier calculator"
 *     width="100%" height="1200" loading="lazy"></iframe>
 *   <script async src="https://.../embed/v1.js"></script>
 *
 * or, where you cannot write a frame, an element that names the widget; its other data- attributes become the options:
 *
 *   <div data-keepitlocal="multiplier" data-theme="dark" data-area="Bradford district"></div>
 *
 * MIT License. Copyright (c) 2026 the authors of the Keep it Local portal. Permission is hereby granted, free of charge,
 * to any person obtaining a copy of this file, to use, copy, modify, merge, publish, distribute, sublicense and sell
 * copies of it, provided that this notice is kept. It is provided "as is", without warranty of any kind.
 */
;(function () {
  "use strict"

  var LEAST = 120
  var MOST = 20000
  var MARK = "data-keepitlocal"
  var script = document.currentScript || document.querySelector('script[src$="/embed/v1.js"]')
  if (!script) return
  var home = new URL(script.src).origin

  // Twice on one page, whether by two snippets or by a page that swaps its content: the first does the work.
  if (window.keepItLocal && window.keepItLocal[home]) {
    window.keepItLocal[home].look()
    return
  }

  var frames = []

  /** A frame for an element that names a widget, e.g. /embed/map/v1/ for "map". */
  function frameFor(element) {
    var name = element.getAttribute(MARK)
    if (!/^[a-z][a-z-]*$/.test(name)) return null
    var address = new URL("/embed/" + name + "/v1/", home)
    Object.keys(element.dataset).forEach(function (key) {
      // data-staff-amount is the parameter staff_amount
      var parameter = key.replace(/[A-Z]/g, function (letter) { return "_" + letter.toLowerCase() })
      if (key !== "keepitlocal" && key !== "title") address.searchParams.set(parameter, element.dataset[key])
    })
    var frame = document.createElement("iframe")
    frame.setAttribute(MARK, name)
    frame.title = element.dataset.title || "Keep it Local: " + name
    frame.loading = "lazy"
    frame.height = "600"
    frame.src = address.href
    element.replaceWith(frame)
    return frame
  }

  /** The page's own style sheet may say what it likes of frames: these few lines are ours. */
  function hold(frame, name, value) {
    frame.style.setProperty(name, value, "important")
  }

  function take(frame) {
    if (new URL(frame.src, location.href).origin !== home) return
    // People who use a screen reader choose frames by title: no two may have the same.
    var title = frame.title
    var same = frames.filter(function (entry) { return entry.title === title && entry.frame.isConnected }).length
    if (same) frame.title = title + " (" + (same + 1) + ")"
    frames.push({ frame: frame, title: title, id: "kil-" + (frames.length + 1) + "-" + Math.random().toString(36).slice(2), height: 0 })
    hold(frame, "width", "100%")
    hold(frame, "min-width", "0")
    hold(frame, "max-width", "100%")
    hold(frame, "border", "0")
    hold(frame, "padding", "0")
    hold(frame, "box-sizing", "border-box")
    frame.addEventListener("load", function () { greet(frame) })
    greet(frame)
  }

  function entryOf(frame) {
    return frames.filter(function (entry) { return entry.frame === frame })[0]
  }

  /** Tell the frame which id its answers must bear. What is said is no secret, so that "*" is enough. */
  function greet(frame) {
    if (frame.contentWindow) frame.contentWindow.postMessage({ type: "keepitlocal:hello", id: entryOf(frame).id }, "*")
  }

  function fit(entry, height) {
    var tall = Math.min(MOST, Math.max(LEAST, Math.ceil(height)))
    if (tall === entry.height) return
    entry.height = tall
    ;["height", "min-height", "max-height"].forEach(function (name) { hold(entry.frame, name, tall + "px") })
  }

  window.addEventListener("message", function (event) {
    var said = event.data
    // A frame of ours that came to the page later, in a tab or by the page's own script.
    if (event.origin === home && said && said.type === "keepitlocal:ready") look()
    if (!event.source || !said || typeof said !== "object" || typeof said.type !== "string") return
    frames.forEach(function (entry) {
      if (event.source !== entry.frame.contentWindow) return
      // A frame that is sandboxed without allow-same-origin has no origin but "null"; it is the right one all the same.
      if (event.origin !== home && !(event.origin === "null" && entry.frame.hasAttribute("sandbox"))) return
      if (said.type === "keepitlocal:ready") greet(entry.frame)
      if (said.type !== "keepitlocal:height" || said.id !== entry.id) return
      if (typeof said.height === "number" && isFinite(said.height) && said.height > 0) fit(entry, said.height)
    })
  })

  /** Take every widget that is on the page and not yet ours. */
  function look() {
    Array.prototype.forEach.call(document.querySelectorAll("[" + MARK + "]"), function (element) {
      var frame = element.tagName === "IFRAME" ? element : frameFor(element)
      if (frame && !entryOf(frame)) take(frame)
    })
  }

  window.keepItLocal = window.keepItLocal || {}
  window.keepItLocal[home] = { look: look }
  look()
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", look)
})()
