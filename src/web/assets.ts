/**
 * Style sheet, islands and fonts: built once per content, kept under `build/web/<hash>`, held in memory, and served
 * under names that carry their hash. Kept by content and outside OVERT_HOME, so that a second start builds nothing.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Failure, type Log } from '#base/base.ts'
import type { Manifest } from './assets-build.ts'

const here = dirname(fileURLToPath(import.meta.url))
const packageFolder = dirname(dirname(here))
const builtKept = 3
const buildMsMax = 120_000

export type Asset = { readonly mime: string; readonly bytes: Buffer; readonly brotli: Buffer | null }

export type Assets = {
  readonly style: string
  /** The address of an island's script; throws for one that does not exist. */
  script(island: string): string
  /** The address of a font or picture by its plain name. */
  file(name: string): string
  /** By the name in the address, after `/assets/`. */
  get(name: string): Asset | null
}

const mimes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Everything the outcome depends on: our sources that may be bundled, and the versions of what is installed. */
async function contentKey(): Promise<string> {
  const hash = createHash('sha256')
  const add = async (path: string) =>
    hash.update(path.slice(packageFolder.length)).update(await readFile(path))
  for (const folder of ['web/theme', 'web/islands', 'formats', 'base']) {
    const names = await readdir(join(packageFolder, 'src', folder), { recursive: true }).catch(() => [])
    for (const name of names.sort()) {
      if (/\.(ts|scss|svg)$/.test(name) && !name.endsWith('.test.ts')) {
        // A file may vanish between listing and reading while somebody edits; then the key differs, which is right.
        await add(join(packageFolder, 'src', folder, name)).catch(() => undefined)
      }
    }
  }
  await add(join(here, 'assets-build.ts'))
  await add(join(packageFolder, 'package-lock.json')).catch(() => undefined)
  return hash.digest('hex').slice(0, 24)
}

/** `build/web` beside `src`; where the package itself cannot be written, a private folder of this user. */
async function buildFolder(): Promise<string> {
  const beside = join(packageFolder, 'build', 'web')
  try {
    await mkdir(beside, { recursive: true })
    return beside
  } catch {
    const own = join(tmpdir(), `overt-web-${userInfo().uid}`)
    await mkdir(own, { recursive: true, mode: 0o700 })
    const owner = await stat(own)
    if (owner.uid !== userInfo().uid) throw new Failure('unavailable', `${own} belongs to somebody else`)
    return own
  }
}

async function forgetOld(parent: string, keep: string): Promise<void> {
  const found: { name: string; at: number }[] = []
  for (const name of await readdir(parent)) {
    const at = await stat(join(parent, name)).catch(() => null)
    if (at && name !== keep) found.push({ name, at: at.mtimeMs })
  }
  found.sort((a, b) => b.at - a.at)
  for (const old of found.slice(builtKept)) await rm(join(parent, old.name), { recursive: true, force: true })
}

export async function loadAssets(log: Log): Promise<Assets> {
  const key = await contentKey()
  const parent = await buildFolder()
  const folder = join(parent, key)
  const ready = await stat(join(folder, 'manifest.json')).then(
    () => true,
    () => false,
  )
  if (!ready) await buildInto(folder, log)
  await forgetOld(parent, key)
  return readAssets(folder)
}

/** Two processes may build at once: each in its own folder, and the first rename wins. */
async function buildInto(folder: string, log: Log): Promise<void> {
  const started = performance.now()
  const making = `${folder}.${process.pid}.making`
  try {
    await promisify(execFile)(process.execPath, [join(here, 'assets-build.ts'), making], {
      timeout: buildMsMax,
    })
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    throw new Failure('unavailable', "couldn't build the style sheet and scripts", error)
  }
  await rename(making, folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    await rm(making, { recursive: true, force: true })
  })
  log.info({ ms: Math.round(performance.now() - started) }, 'built the style sheet and scripts')
}

async function readAssets(folder: string): Promise<Assets> {
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest
  const held = new Map<string, Asset>()
  for (const name of [manifest.style, ...Object.values(manifest.scripts), ...Object.values(manifest.files)]) {
    held.set(name, {
      mime: mimes[extname(name)] ?? 'application/octet-stream',
      bytes: await readFile(join(folder, name)),
      brotli: name.endsWith('.woff2') ? null : await readFile(join(folder, `${name}.br`)),
    })
  }
  const address = (name: string | undefined, what: string) => {
    if (name === undefined) throw new Error(`there is no ${what}`)
    return `/assets/${name}`
  }
  return {
    style: `/assets/${manifest.style}`,
    script: (island) => address(manifest.scripts[island], `island "${island}" in src/web/islands`),
    file: (name) => address(manifest.files[name], `asset "${name}"`),
    get: (name) => held.get(name) ?? null,
  }
}
