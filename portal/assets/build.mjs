// Builds the styles, scripts and fonts of the site from their sources.
//
//   npm ci && npm run assets
//
// In:  portal/assets/scss/site.scss (which takes in one partial per app), multiplier/assets/embed.scss,
//      portal/assets/js/site.js and any <app>/assets/*.js, the fonts of the @fontsource-variable packages.
// Out: portal/static/portal/{css,js,fonts}/ and portal/page_styles.json, committed. The same sources give the same bytes: CI builds again and
//      compares. One part only: `npm run assets -- css js`.

import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync } from "node:zlib"

import * as esbuild from "esbuild"
import postcss from "postcss"
import selectorParser from "postcss-selector-parser"
import * as sass from "sass"

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const OUT = join(ROOT, "portal", "static", "portal")
const APPS = ["multiplier", "principles", "network", "casestudies", "campaign", "search"]

/** Say what was written and what it weighs on the wire. */
function report(kind, name, text) {
  const kilobytes = (size) => (size / 1000).toFixed(1).padStart(6)
  const bytes = Buffer.from(text)
  console.log(`${kind.padEnd(8)} ${name.padEnd(28)} ${kilobytes(bytes.length)} kB, brotli ${kilobytes(brotliCompressSync(bytes).length)} kB`)
}

function buildCss() {
  // The widget's sheet gets the tokens of themed/ instead of the site's: the same names, as custom properties.
  const sheets = { "site.css": ["portal/assets/scss/site.scss"], "embed.css": ["multiplier/assets/embed.scss", "multiplier/assets/themed"] }
  mkdirSync(join(OUT, "css"), { recursive: true })
  for (const [name, [source, ...first]] of Object.entries(sheets)) {
    if (!existsSync(join(ROOT, source))) continue
    const { css } = sass.compile(join(ROOT, source), {
      style: "compressed",
      loadPaths: [...first.map((folder) => join(ROOT, folder)), ROOT, join(ROOT, "node_modules", "govuk-frontend", "dist")],
      quietDeps: true,
    })
    // esbuild squeezes what Sass leaves (repeated rules, long colours) and adds the prefixes that old Safari needs.
    const { code } = esbuild.transformSync(css, { loader: "css", minify: true, target: ["safari15", "firefox100", "chrome100"] })
    writeFileSync(join(OUT, "css", name), code)
    report("css", name, code)
  }
}

function buildJs() {
  const entries = [join(ROOT, "portal", "assets", "js", "site.js")]
  for (const app of APPS) {
    const folder = join(ROOT, app, "assets")
    if (!existsSync(folder)) continue
    for (const file of readdirSync(folder).sort()) if (file.endsWith(".js")) entries.push(join(folder, file))
  }
  rmSync(join(OUT, "js"), { recursive: true, force: true })
  const { outputFiles } = esbuild.buildSync({
    entryPoints: Object.fromEntries(entries.map((path) => [basename(path, ".js"), path])),
    outdir: join(OUT, "js"),
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    legalComments: "none",
    target: ["es2020"],
    loader: { ".js": "jsx" },
    write: false,
    absWorkingDir: ROOT,
    preserveSymlinks: true, // node_modules may be a link: the names of the chunks must not depend on it
    define: { "process.env.NODE_ENV": '"production"', "process.env.COMPONENT_LIBRARY": '"PREACT"' },
  })
  mkdirSync(join(OUT, "js"), { recursive: true })
  for (const { path, text } of outputFiles) {
    writeFileSync(path, text)
    report("js", basename(path), text)
  }
}

function buildFonts() {
  const own = join(ROOT, ".venv", "bin", "python")
  const python = process.env.PYTHON || (existsSync(own) ? own : "python3")
  execFileSync(python, [join(ROOT, "portal", "assets", "fonts.py")], { stdio: "inherit" })
}

// Parts of pages that a script asks the server for, by the script: they come after the page's own sheet was chosen.
const FETCHED = {
  calculator: ["templates/multiplier/_live.html", "multiplier/charts/bars.py", "multiplier/charts/flow.py"],
  "embed-builder": ["templates/multiplier/embed_builder.html"],
}
// Further sources of a script.
const TOGETHER = {
  site: ["portal/assets/js/menu.js", "portal/assets/js/open-when-wide.js"],
  spend: ["multiplier/assets/spend/columns.js", "multiplier/assets/spend/proposing.js"],
}
// Classes that a script puts together from parts: all that begin so.
const COMPOSED = { "council-picker": "autocomplete__" }

// Where classes stand in a source, by what it is: in strings, not in comments.
const CLASSES_IN = { html: [/class="([^"]*)"/g], js: [/"([^"\n]*)"/g, /`([^`]*)`/g], mjs: [/'([^'\n]*)'/g, /`([^`]*)`/g], py: [/"([^"\n]*)"/g, /'([^'\n]*)'/g] }

/** The classes and elements that a source can make, with those of the templates that it includes. */
function madeBy(file, seen = new Set()) {
  if (seen.has(file)) return []
  seen.add(file)
  const text = readFileSync(join(ROOT, file), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "")
  const included = [...text.matchAll(/{% include "([^"]+)"/g)].flatMap(([, name]) => madeBy(`templates/${name}`, seen))
  const found = (pattern) => [...text.matchAll(pattern)].map(([, string]) => string)
  const classes = CLASSES_IN[file.split(".").pop()].flatMap(found).flatMap((string) => string.match(/[\w!-]+/g) ?? [])
  const elements = file.endsWith(".html") ? found(/<([a-z][a-z0-9]*)/g) : classes
  return [...classes.map((name) => `.${name}`), ...elements, ...included]
}

/** The classes and elements that one selector needs on the page; one of several in :is() is no need, nor what :not() has. */
function needsOf(selector) {
  const needs = new Set()
  const look = (node) => {
    if (node.type === "pseudo" && !([":is", ":where", ":has"].includes(node.value) && node.nodes.length === 1)) return
    if (node.type === "class") needs.add(`.${node.value}`)
    if (node.type === "tag") needs.add(node.value.toLowerCase())
    node.nodes?.forEach(look)
  }
  look(selector)
  return [...needs].sort()
}

/** What every rule of the site's sheet needs, from which `portal.page_styles` makes the sheet of one page. */
function buildPageStyles() {
  const rules = []
  const visit = (node, around) => {
    if (node.type === "atrule" && ["media", "supports", "container"].includes(node.name)) {
      node.each((inner) => visit(inner, [...around, `@${node.name} ${node.params}`]))
    } else if (node.type === "rule") {
      const selectors = selectorParser().astSync(node.selector).nodes.map((each) => [String(each).trim(), needsOf(each)])
      rules.push({ around, selectors, body: node.nodes.map(String).join(";") })
    } else {
      rules.push({ around, selectors: [], body: node.nodes ? String(node) : `${node};` })
    }
  }
  postcss.parse(readFileSync(join(OUT, "css", "site.css"), "utf8")).each((node) => visit(node, []))
  const names = [...new Set(rules.flatMap((rule) => rule.selectors.flatMap(([, needs]) => needs)))].sort()
  const known = (words, start = "") => names.filter((name) => words.has(name) || (start && name.startsWith(`.${start}`)))
  const imported = readFileSync(join(ROOT, "portal/assets/js/site.js"), "utf8").matchAll(/components\/([\w-]+)\//g)
  const modules = [...imported].map(([, name]) => `govuk-${name}`)
  const scripts = {}
  for (const app of ["portal", ...APPS]) {
    for (const file of readdirSync(join(ROOT, app, "assets"), { recursive: true }).sort()) {
      if (!file.endsWith(".js")) continue
      const name = basename(file, ".js")
      const sources = [`${app}/assets/${file}`, ...(TOGETHER[name] ?? []), ...(FETCHED[name] ?? [])]
      scripts[name] = known(new Set(sources.flatMap((each) => madeBy(each))), COMPOSED[name]).filter((each) => !modules.includes(each.slice(1)))
    }
  }
  // A component of GOV.UK has a script only where an element has its name as `data-module`.
  for (const module of modules) {
    const name = module.replace("govuk-", "")
    scripts[module] = known(new Set(madeBy(`node_modules/govuk-frontend/dist/govuk/components/${name}/${name}.mjs`)))
  }
  const lines = rules.map((rule) => JSON.stringify(rule)).join(",\n")
  const text = `{"names": ${JSON.stringify(names)},\n"scripts": ${JSON.stringify(scripts)},\n"rules": [\n${lines}\n]}\n`
  writeFileSync(join(ROOT, "portal", "page_styles.json"), text)
  report("css", "page_styles.json", text)
}

const parts = { fonts: buildFonts, css: buildCss, js: buildJs, "page-styles": buildPageStyles }
const asked = process.argv.slice(2)
for (const [name, build] of Object.entries(parts)) if (!asked.length || asked.includes(name)) build()
