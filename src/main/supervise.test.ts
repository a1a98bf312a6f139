import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { silentLog } from '#base/base.ts'
import { supervise } from './supervise.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overt-supervise-'))
})
after(() => rm(folder, { recursive: true }))

const program = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const start = (path: string, more: Partial<Parameters<typeof supervise>[0]> = {}) =>
  supervise({
    name: 'part',
    program: path,
    args: [],
    env: () => process.env,
    log: silentLog,
    patienceMs: 500,
    ...more,
  })

test('a part killed outright is running again, as another process', async () => {
  const part = start(
    await program('good.mjs', `process.send({ kind: 'ready' }); setInterval(() => {}, 1000)`),
  )
  await part.ready()
  const first = part.pid()!
  process.kill(first, 'SIGKILL')
  const ended = () => part.pid() !== first
  while (!ended()) await new Promise((resolve) => setImmediate(resolve))
  await part.ready()
  assert.notEqual(part.pid(), first)
  await part.close()
  assert.equal(part.pid(), null)
})

test('a part that dies before it was ready does not count as ready', async () => {
  const marker = join(folder, 'tried')
  const part = start(
    await program(
      'second.mjs',
      `import { existsSync, writeFileSync } from 'node:fs'
const marker = ${JSON.stringify(marker)}
if (!existsSync(marker)) { writeFileSync(marker, ''); process.exit(1) }
process.send({ kind: 'ready' }); setInterval(() => {}, 1000)`,
    ),
  )
  await part.ready()
  assert.equal(typeof part.pid(), 'number')
  await part.close()
})

test('a part that ignores the request to stop is stopped all the same', async () => {
  const part = start(
    await program(
      'stubborn.mjs',
      `process.on('SIGTERM', () => {}); process.send({ kind: 'ready' }); setInterval(() => {}, 1000)`,
    ),
  )
  await part.ready()
  await part.close()
  assert.equal(part.pid(), null)
})

test('a part that hangs before it is ready is killed and started again', async () => {
  const marker = join(folder, 'hung')
  const path = await program(
    'hangs.mjs',
    `import { existsSync, writeFileSync } from 'node:fs'
const marker = ${JSON.stringify(marker)}
if (existsSync(marker)) process.send({ kind: 'ready' })
else writeFileSync(marker, '')
setInterval(() => {}, 1000)`,
  )
  const part = start(path, { readyWithinMs: 1_000 })
  await part.ready()
  assert.equal(typeof part.pid(), 'number')
  await part.close()
})

/** Says that it lives every 20 ms; hangs, still alive, once the file is there. */
const beating = (marker: string): string => `import { existsSync, unlinkSync } from 'node:fs'
const marker = ${JSON.stringify(marker)}
process.send({ kind: 'ready' })
setInterval(() => {
  if (existsSync(marker)) { unlinkSync(marker); for (;;); }
  process.send({ kind: 'alive' })
}, 20)`

test('a part that hangs after it was ready is killed and started again; one that says it lives is left alone', async () => {
  const marker = join(folder, 'hang-now')
  let heard = 0
  const part = start(await program('beats.mjs', beating(marker)), {
    silentAfterMs: 2_000,
    onMessage: () => {
      heard += 1
    },
  })
  await part.ready()
  const first = part.pid()!
  // Longer than it may be silent, as its own words count the time.
  const until = performance.now() + 3_000
  while (performance.now() < until || heard < 50) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(part.pid(), first, 'one that says it lives was killed')
  await writeFile(marker, '')
  while (part.pid() === first || part.pid() === null) await new Promise((resolve) => setImmediate(resolve))
  await part.ready()
  await part.close()
})

test('a part that could not be started at all is tried again, and nobody waits for its word', async () => {
  const node = process.execPath
  const told: string[] = []
  let tries = 0
  const part = start(
    await program(
      'late.mjs',
      `process.send({ kind: 'ready' }); setInterval(() => process.send({ kind: 'alive' }), 20)`,
    ),
    {
      silentAfterMs: 2_000,
      log: { ...silentLog, error: (_about: object, words: string) => told.push(words) } as typeof silentLog,
      env: () => {
        tries += 1
        process.execPath = tries <= 2 ? '/nowhere/node' : node
        return process.env
      },
    },
  )
  try {
    await part.ready()
    await new Promise((resolve) => setTimeout(resolve, 2_500))
  } finally {
    process.execPath = node
    await part.close()
  }
  assert.ok(told.some((words) => words.includes('could not be started')))
  assert.equal(
    told.some((words) => words.includes('said nothing')),
    false,
    'one that never was is watched',
  )
})

test('a part that never says a word is killed and started again', async () => {
  const marker = join(folder, 'dumb')
  const path = await program(
    'dumb.mjs',
    `import { existsSync, writeFileSync } from 'node:fs'
const marker = ${JSON.stringify(marker)}
if (!existsSync(marker)) { writeFileSync(marker, ''); for (;;); }
process.send({ kind: 'ready' })
setInterval(() => process.send({ kind: 'alive' }), 20)`,
  )
  const part = start(path, { silentAfterMs: 2_000 })
  await part.ready()
  assert.equal(typeof part.pid(), 'number')
  await part.close()
})
