// Inside the frame: tells the page around it how tall it is, and sends the form without leaving the page.
// A classic script, no module: a frame sandboxed without allow-same-origin could not fetch a module from its own site.
// The page around it learns a height and nothing else.
;(() => {
  if (window.parent === window) return

  let id = ""
  let told = 0
  // WordPress adds this to what is pasted as a link, and listens for a message of its own (at most 1,000 px there).
  const secret = (/[#&?]secret=([0-9A-Za-z]+)/.exec(location.hash) || [])[1]
  const send = (message) => window.parent.postMessage(message, "*")

  /** As tall as the content, never as the frame: what depends on the frame's height would feed itself. */
  function tell(always) {
    const height = Math.ceil(document.body.getBoundingClientRect().height)
    // In a hidden tab there is no height; when it is shown, the observer calls again.
    if (!height || !document.documentElement.clientWidth || (height === told && !always)) return
    told = height
    send({ type: "keepitlocal:height", id, height })
    if (secret) send({ message: "height", value: height, secret })
  }

  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || !data || data.type !== "keepitlocal:hello" || typeof data.id !== "string") return
    id = data.id
    tell(true)
  })
  new ResizeObserver(() => tell(false)).observe(document.body)
  window.addEventListener("load", () => tell(false))

  /**
   * Ask without leaving the page: no entry in the outer page's history, and it works where the sandbox forbids forms.
   * On the click, since such a sandbox stops a form before its submit event; Enter in a field clicks the button, too.
   */
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[type=submit]")
    const form = button?.form
    if (!form || form.method !== "post" || event.defaultPrevented) return
    event.preventDefault()
    button.setAttribute("aria-disabled", "true")
    try {
      const data = new URLSearchParams(new FormData(form))
      if (button.name) data.append(button.name, button.value)
      const address = button.hasAttribute("formaction") ? button.formAction : form.action
      const answer = await fetch(address, { method: "POST", body: data, credentials: "omit" })
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      const fresh = page.querySelector("main")
      if (!fresh) throw new Error("no page of ours")
      document.title = page.title
      document.querySelector("main").replaceWith(document.adoptNode(fresh))
      // Where the address leads, as it would without scripts; else to what is wrong.
      const first = document.getElementById(new URL(address).hash.slice(1)) || document.querySelector(".govuk-error-summary")
      if (!first) return
      if (!first.matches("input, [tabindex]")) first.tabIndex = -1
      first.focus()
    } catch {
      button.removeAttribute("aria-disabled")
      form.requestSubmit(button)
    }
  })

  send({ type: "keepitlocal:ready" })
  tell(true)
})()
