/**
 * Builds the offline page of packs onto standard output: one HTML file with everything inside, bundled from the verifier
 * itself. Deterministic for one version of the program, so every pack made by it carries the same page. Run as a process
 * of its own by offline-page.ts.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

const here = join(dirname(fileURLToPath(import.meta.url)), 'page')
const require = createRequire(import.meta.url)

/**
 * Faces of rooms also export what only Node can do. None of our modules does anything when merely loaded, so what the
 * page doesn't use is left out; should it come to need something of Node's, the build fails.
 */
const portable: Plugin = {
  name: 'portable',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'node', sideEffects: false }))
    build.onLoad({ filter: /.*/, namespace: 'node' }, () => ({
      contents: 'module.exports = {}',
      loader: 'js',
    }))
    build.onResolve({ filter: /^[^.#/]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (path.startsWith('node:') || pluginData === 'asked') return undefined
      return { ...(await build.resolve(path, { kind, resolveDir, pluginData: 'asked' })), sideEffects: false }
    })
    build.onResolve({ filter: /^[.#]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === 'asked') return undefined
      return { ...(await build.resolve(path, { kind, resolveDir, pluginData: 'asked' })), sideEffects: false }
    })
  },
}

async function buildPage(): Promise<Buffer> {
  const esbuild = await import('esbuild')
  const result = await esbuild.build({
    entryPoints: [join(here, 'page.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox130', 'safari17'],
    charset: 'ascii',
    legalComments: 'none',
    plugins: [portable],
    metafile: true,
    logLevel: 'silent',
  })
  await esbuild.stop()
  const inputs = Object.entries(Object.values(result.metafile.outputs)[0]!.inputs)
  const foreign = inputs.find(
    ([name, { bytesInOutput }]) => bytesInOutput > 0 && /^node:|node_modules/.test(name),
  )
  if (foreign !== undefined) throw new Error(`the page would need ${foreign[0]}`)
  // An inline script must not hold what ends it.
  const script = result.outputFiles[0]!.text.trim().replaceAll('</script', '<\\/script')
  const fonts = dirname(require.resolve('@fontsource/atkinson-hyperlegible-next/package.json'))
  const font = async (weight: number): Promise<string> => {
    const file = join(fonts, 'files', `atkinson-hyperlegible-next-latin-${weight}-normal.woff2`)
    return `data:font/woff2;base64,${(await readFile(file)).toString('base64')}`
  }
  const style = (await readFile(join(here, 'page.css'), 'utf8'))
    .replace('{{regular}}', await font(400))
    .replace('{{bold}}', await font(700))
    .trim()
  const sum = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const csp = [
    "default-src 'none'",
    `script-src ${sum(script)}`,
    `style-src ${sum(style)}`,
    'font-src data:',
    'media-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const html = await readFile(join(here, 'page.html'), 'utf8')
  const fill: Readonly<Record<string, string>> = { csp, style, script }
  return Buffer.from(html.replaceAll(/\{\{(csp|style|script)\}\}/g, (_, name: string) => fill[name]!))
}

process.stdout.write(await buildPage())
