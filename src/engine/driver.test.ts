/**
 * Goal: a server that drops connections (a restart, a kill) costs the queries that were under way and nothing more.
 * Method: the backend of an open transaction is ended from another connection, again and again, while the transaction
 * goes on asking; every question must end, nothing of a lost transaction may be kept, and the pool must serve on. A
 * go-between breaks new connections at the driver's own first question.
 */
import assert from 'node:assert/strict'
import { type AddressInfo, connect as connectSocket, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { connect, inTransaction } from './engine.ts'

const rounds = process.env['OVERT_TEST_LONG'] === '1' ? 3_000 : 250

let db: TestDatabase
before(async () => {
  db = await testDatabase({ migrated: false })
  await db.owner`create table public.kept (round int not null, late boolean not null)`
  await db.owner`grant all on public.kept to overt_app`
})
after(async () => {
  await db.drop()
})

/** What waits for ever is the defect that is looked for. */
async function ends<T>(what: string, work: Promise<T>): Promise<T> {
  const late = new AbortController()
  try {
    return await Promise.race([
      work,
      delay(30_000, null, { signal: late.signal }).then(() => assert.fail(`${what} never ended`)),
    ])
  } finally {
    late.abort()
  }
}

test('a transaction whose connection is lost ends, keeps nothing, and leaves the pool whole', async () => {
  const log = { debug() {}, info() {}, warn() {}, error() {} } as never
  const sql = connect(db.url, { max: 3, log })
  const stragglers: Promise<unknown>[] = []
  let lost = 0
  for (let round = 0; round < rounds; round += 1) {
    const work = inTransaction(sql, async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
      await tx`insert into public.kept values (${round}, false)`
      // Its own connection may be the one that an earlier round's signal still meets.
      await ends('the ending', sql`select pg_terminate_backend(${row!.pid})`).catch(() => undefined)
      const goesOn = (async () => {
        for (let n = 0; n < 20; n += 1) {
          await delay(n % 3)
          await ends('a question', tx`insert into public.kept values (${round}, true)`)
        }
      })()
      stragglers.push(goesOn.catch(() => undefined))
      await goesOn
      throw new Error('was not lost in time')
    })
    const why = await ends(
      'a transaction',
      work.then(() => 'committed', String),
    )
    if (!/not lost in time/.test(why)) lost += 1
  }
  await ends('what goes on after a loss', Promise.all(stragglers))
  assert.ok(lost > rounds / 2, `only ${lost} of ${rounds} were lost`)
  assert.deepEqual([...(await ends('the pool', sql`select * from public.kept`))], [])
  await sql.end({ timeout: 5 })
})

test('a connection that breaks at the driver’s own first question costs the query that opened it, and no more', async () => {
  const url = new URL(db.url)
  const server = join(url.searchParams.get('host')!, '.s.PGSQL.5432')
  let broken = 0
  const between = createServer((near) => {
    const far = connectSocket(server)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    far.pipe(near)
    near.on('close', () => far.destroy())
    near.on('data', (bytes) => {
      if (broken < 5 && bytes.includes('pg_catalog.pg_type')) {
        broken += 1
        near.resetAndDestroy()
      } else far.write(bytes)
    })
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  url.search = ''
  url.hostname = '127.0.0.1'
  url.port = String((between.address() as AddressInfo).port)
  const log = { debug() {}, info() {}, warn() {}, error() {} } as never
  const sql = connect(url.href, { max: 1, log })
  try {
    for (let round = 1; round <= 5; round += 1)
      await assert.rejects(ends('a question', sql`select 1 as one`), /ECONNRESET/, `round ${round}`)
    // Whole again, and lists are still known as lists.
    const [row] = await ends('a question', sql<{ list: number[] }[]>`select array[1, 2] as list`)
    assert.deepEqual([...row!.list], [1, 2])
    assert.equal(broken, 5)
  } finally {
    await sql.end({ timeout: 5 })
    await new Promise((resolve) => between.close(resolve))
  }
})
