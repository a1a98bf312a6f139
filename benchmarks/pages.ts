/**
 * How long does a page take? `npm run bench -- pages [--cameras 3000] [--entries 1000000] [--samples 200]`
 * The demo runs as anybody starts it, on a PostgreSQL with fsync; then the estate grows to thousands of cameras under
 * mandates, the ledger to a million signed entries, one person's work to 200 tasks. That person asks over HTTP, signed in,
 * one page after another: their work, a random camera, a search for one, the policy. `bare_ms` is a route of the same
 * HTTP library that reads one row by its key and does nothing else, asked in the same way in between.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import fastify from 'fastify'
import { silentLog } from '#base/base.ts'
import { connect, type Sql, startPostgres } from '#engine/engine.ts'
import { begin, newPlace } from '#tests/start/overt.ts'
import { type Client, signInAs } from '#visitor/visitor.ts'
import { makeBare, makeCameras, makeEntries, makeTasks } from './pages-estate.ts'

const warmUp = 30
const tasks = 200
/** Who sees most: approves, views, and has work of every kind. */
const who = 'amir'
const note = (text: string): boolean => process.stderr.write(`pages: ${text}\n`)

export async function run(args: string[]): Promise<object> {
  const { values } = parseArgs({
    args,
    options: {
      cameras: { type: 'string', default: '3000' },
      entries: { type: 'string', default: '1000000' },
      samples: { type: 'string', default: '200' },
    },
  })
  const [cameraCount, entries, samples] = [
    Number(values.cameras),
    Number(values.entries),
    Number(values.samples),
  ]
  const place = await newPlace()
  const closers: (() => Promise<unknown>)[] = [() => place.remove()]
  try {
    const postgres = await startPostgres({ home: join(place.folder, 'database'), log: silentLog })
    closers.push(() => postgres.close())
    const overt = await begin(place, {
      command: 'demo',
      env: { DATABASE_URL: postgres.url, DATABASE_OWNER_URL: postgres.ownerUrl },
    })
    closers.push(() => overt.stop())
    const sql = connect(postgres.ownerUrl, { log: silentLog })
    closers.push(() => sql.end())
    const cameras = await grow(sql, cameraCount, entries)
    const bare = await startBare(postgres.url)
    closers.push(() => bare.close())
    const person = await signInAs(overt.url, who, passwordIn(overt.words()))
    const any = (): string => cameras[Math.floor(Math.random() * cameras.length)]!
    const pages: Readonly<Record<string, () => string>> = {
      home: () => '/',
      camera: () => `/cameras/${any()}`,
      search: () => `/register?text=Landing+${1 + Math.floor(Math.random() * cameraCount)}`,
      policy: () => '/policy/derby-homes',
    }
    return await measure(person, bare.url, any, pages, samples)
  } finally {
    for (const close of closers.toReversed()) await close().catch((error: unknown) => note(String(error)))
  }
}

async function grow(sql: Sql, cameraCount: number, entries: number): Promise<readonly string[]> {
  const began = performance.now()
  const told = (what: string): boolean => note(`${what}, ${Math.round((performance.now() - began) / 1000)} s`)
  const [live] = await sql<{ id: string }[]>`
    select d.id from authorisation.deployment d join authorisation.mandate m on m.deployment_id = d.id
    where d.provider = 'derby-homes' and d.ended_at is null and m.class = 'ordinary' and m.ended_at is null limit 1`
  assert.ok(live, 'the demo has a camera under a mandate')
  const cameras = await makeCameras(sql, live.id, cameraCount)
  await makeTasks(sql, tasks)
  told(`${cameraCount} cameras under mandates`)
  let next = 0
  await makeEntries(
    sql,
    entries,
    (numbered) => {
      if (numbered < next) return
      told(`${numbered} ledger entries are signed`)
      next = numbered + entries / 5
    },
    () => delay(500),
  )
  await makeBare(sql)
  return cameras
}

/** One row by its key over the same library, on a client of the same kind. */
async function startBare(url: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sql = connect(url, { log: silentLog })
  const server = fastify({ logger: false })
  server.get<{ Params: { id: string } }>('/:id', async ({ params }) => {
    const [row] = await sql<{ words: string }[]>`select words from bench.bare where id = ${params.id}`
    return row ?? null
  })
  const at = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    url: at,
    async close() {
      await server.close()
      await sql.end()
    },
  }
}

async function measure(
  person: Client,
  bareUrl: string,
  any: () => string,
  pages: Readonly<Record<string, () => string>>,
  samples: number,
): Promise<object> {
  const times: Record<string, number[]> = {
    bare: [],
    ...Object.fromEntries(Object.keys(pages).map((name) => [name, []])),
  }
  const clock = async (name: string, n: number, ask: () => Promise<unknown>): Promise<void> => {
    const before = performance.now()
    await ask()
    if (n >= 0) times[name]!.push(performance.now() - before)
  }
  for (let n = -warmUp; n < samples; n += 1) {
    for (const [name, path] of Object.entries(pages)) {
      const asked = path()
      await clock(name, n, async () => {
        const { status, text } = await person.page(asked)
        assert.equal(status, 200, `${asked}: ${text.slice(0, 400)}`)
      })
    }
    await clock('bare', n, async () => {
      const answer = await fetch(`${bareUrl}/${any()}`)
      assert.match(await answer.text(), /Landing/)
    })
  }
  const at = (name: string, share: number): number => {
    const sorted = times[name]!.toSorted((a, b) => a - b)
    return Math.round(sorted[Math.floor(sorted.length * share)]! * 100) / 100
  }
  for (const name of Object.keys(times)) note(`${name}: median ${at(name, 0.5)} ms, p95 ${at(name, 0.95)} ms`)
  return {
    bench: 'pages',
    p95_ms: Object.fromEntries(Object.keys(pages).map((name) => [name, at(name, 0.95)])),
    bare_ms: at('bare', 0.95),
  }
}

/** The demo prints its people and their passwords. */
function passwordIn(words: string): string {
  const found = new RegExp(`^\\s*${who}\\s+(\\S+)`, 'm').exec(words)?.[1]
  assert.ok(found, 'the demo has told the password')
  return found
}
