/**
 * Builds the style sheet, the islands and the fonts into one folder. Run as a child process (`node assets-build.ts
 * FOLDER`): Sass takes 100 MB and esbuild a process, and neither belongs in the hub. Files carry their content's hash
 * in their name, so browsers may keep them for ever.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const packageFolder = dirname(dirname(here))
const require = createRequire(import.meta.url)

export type Manifest = {
  readonly style: string
  readonly scripts: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
}

const fonts: Readonly<Record<string, string>> = {
  'regular.woff2': 'latin-400-normal',
  'bold.woff2': 'latin-700-normal',
  'regular-extended.woff2': 'latin-ext-400-normal',
  'bold-extended.woff2': 'latin-ext-700-normal',
}

async function build(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const put = async (name: string, body: Buffer | string): Promise<string> => {
    const bytes = Buffer.from(body)
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    const extension = extname(name)
    const hashed = `${name.slice(0, -extension.length)}.${hash}${extension}`
    await writeFile(join(folder, hashed), bytes)
    if (extension !== '.woff2') {
      await writeFile(
        join(folder, `${hashed}.br`),
        brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
      )
    }
    return hashed
  }

  const files: Record<string, string> = {}
  const fontFolder = join(
    dirname(require.resolve('@fontsource/atkinson-hyperlegible-next/package.json')),
    'files',
  )
  for (const [name, cut] of Object.entries(fonts)) {
    files[name] = await put(name, await readFile(join(fontFolder, `atkinson-hyperlegible-next-${cut}.woff2`)))
  }
  files['icon.svg'] = await put('icon.svg', await readFile(join(here, 'theme/icon.svg')))

  const sass = await import('sass')
  const compiled = sass.compile(join(here, 'theme/overt.scss'), {
    loadPaths: [packageFolder],
    style: 'compressed',
    quietDeps: true,
    silenceDeprecations: ['import', 'global-builtin'],
  })
  const css = Object.entries(files).reduce(
    (text, [name, hashed]) => text.replaceAll(`"${name}"`, `"${hashed}"`),
    compiled.css
      // A part of MoJ's timeline that we do not print, and whose picture we would have to serve.
      .replace(/\.moj-timeline__document-link\{[^}]*\}/g, ''),
  )
  const style = await put('overt.css', css)

  const islandFolder = join(here, 'islands')
  const entries: Record<string, string> = {}
  for (const entry of await readdir(islandFolder, { withFileTypes: true })) {
    const main = join(islandFolder, entry.name, `${entry.name}.ts`)
    if (entry.isDirectory() && existsSync(main)) entries[entry.name] = main
  }
  const { build: bundle } = await import('esbuild')
  const result = await bundle({
    entryPoints: entries,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    outdir: folder,
    absWorkingDir: packageFolder,
    logLevel: 'warning',
    legalComments: 'none',
  })
  const scripts: Record<string, string> = {}
  for (const output of result.outputFiles) {
    const name = output.path.slice(folder.length + 1)
    if (name.endsWith('.js')) scripts[name.slice(0, -3)] = await put(name, Buffer.from(output.contents))
  }
  const manifest: Manifest = { style, scripts, files }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2))
}

if (import.meta.main) {
  const folder = process.argv[2]
  if (!folder) throw new Error('usage: node assets-build.ts FOLDER')
  await build(folder)
}
