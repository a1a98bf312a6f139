import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLog } from '#base/base.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { outboxTroubles, publish, startOutbox } from './engine.ts'

let db: TestDatabase
before(async () => {
  db = await testDatabase({ upTo: 9 })
})
beforeEach(async () => {
  await db.owner`truncate engine.outbox`
})
after(async () => {
  await db.drop()
})

const say = (topic: string, n: number, key?: string) =>
  db.sql.begin((tx) => publish(tx, topic, { n }, key === undefined ? {} : { key }))

test('messages arrive in order, and those of a rolled back transaction never', async () => {
  const heard: unknown[] = []
  const outbox = await startOutbox(
    db.sql,
    {
      'camera.changed': async ({ n }) => {
        heard.push(n)
      },
    },
    { log: silentLog },
  )
  for (let n = 0; n < 50; n += 1) await say('camera.changed', n)
  await assert.rejects(
    db.sql.begin(async (tx) => {
      await publish(tx, 'camera.changed', { n: 999 })
      throw new Error('no')
    }),
    /no/,
  )
  await outbox.drained()
  assert.deepEqual(
    heard,
    Array.from({ length: 50 }, (_, n) => n),
  )
  await outbox.close()
})

test('what a listener writes is kept exactly once, even when it fails after writing', async () => {
  await db.owner`create table if not exists engine.heard (n integer)`
  let failures = 1
  const outbox = await startOutbox(
    db.sql,
    {
      counted: async ({ n }, tx) => {
        await tx`insert into engine.heard values (${n as number})`
        if (failures > 0) {
          failures -= 1
          throw new Error('after writing')
        }
      },
    },
    { log: silentLog },
  )
  await say('counted', 1)
  await say('counted', 2)
  for (let i = 0; i < 300 && (await outboxWaiting()) > 0; i += 1) await delay(20)
  assert.deepEqual(
    (await db.sql<{ n: number }[]>`select n from engine.heard order by n`).map((row) => row.n),
    [1, 2],
  )
  await outbox.close()
})

const outboxWaiting = async (): Promise<number> =>
  (await db.sql<{ n: number }[]>`select count(*) as n from engine.outbox`)[0]!.n

test('a message that nobody can handle holds up only its own topic and key, and is shown', async () => {
  const heard: string[] = []
  const outbox = await startOutbox(
    db.sql,
    {
      'mandate.ended': async ({ n }) => {
        if (n === 0) throw new Error('poison')
        heard.push(`mandate ${n}`)
      },
      other: async ({ n }) => {
        heard.push(`other ${n}`)
      },
    },
    { log: silentLog },
  )
  await say('mandate.ended', 0, 'camera a')
  await say('mandate.ended', 1, 'camera a')
  await say('mandate.ended', 2, 'camera b')
  await say('other', 3)
  await outbox.drained()
  assert.deepEqual(heard.sort(), ['mandate 2', 'other 3'])
  const troubles = await outboxTroubles(db.sql)
  assert.equal(troubles.length, 1)
  assert.match(troubles[0]!.why, /poison/)
  assert.ok(troubles[0]!.attempts >= 1)
  await outbox.close()
})

test('messages published while nobody listened are delivered by whoever starts next', async () => {
  for (let n = 0; n < 5; n += 1) await say('patient', n)
  const heard: unknown[] = []
  const listeners = {
    patient: async ({ n }: { readonly n?: unknown }) => {
      heard.push(n)
    },
  }
  // Two processes at once: still each message once and in order.
  const both = await Promise.all([
    startOutbox(db.sql, listeners, { log: silentLog }),
    startOutbox(db.sql, listeners, { log: silentLog }),
  ])
  await both[0].drained()
  assert.deepEqual(heard, [0, 1, 2, 3, 4])
  await Promise.all(both.map((outbox) => outbox.close()))
})
