// Builds the styles, scripts and fonts of the site from their sources.
//
//   npm ci && npm run assets
//
// In:  portal/assets/scss/site.scss (which takes in one partial per app), multiplier/assets/embed.scss,
//      portal/assets/js/site.js and any <app>/assets/*.js, the fonts of the @fontsource-variable packages.
// Out: portal/static/portal/{css,js,fonts}/, committed. The same sources give the same bytes: CI builds again and
//      compares. One part only: `npm run assets -- css js`.

import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync } from "node:zlib"

import * as esbuild from "esbuild"
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

const parts = { fonts: buildFonts, css: buildCss, js: buildJs }
const asked = process.argv.slice(2)
for (const [name, build] of Object.entries(parts)) if (!asked.length || asked.includes(name)) build()
