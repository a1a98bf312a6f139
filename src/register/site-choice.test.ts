import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#base/base.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { sitesToChoose } from './register.ts'

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.drop())

test('a new camera can go to each of a landlord’s hundreds of places within reach, and to no other', async () => {
  const nowMs = Date.parse('2026-11-22T12:00:00Z')
  const by = newId(nowMs)
  await db.sql`
    insert into register.site (id, provider, name, address, kind, time_zone, area, created_at, created_by)
    select gen_random_uuid(), case when n <= 450 then 'p' else 'q' end, 'Court ' || lpad(n::text, 4, '0'), array['1 Road'],
      case when n % 9 = 0 then 'home' else 'communal' end, 'Europe/London',
      case when n % 2 = 0 then 'North' else 'South' end, ${nowMs}, ${by}
    from generate_series(1, 500) as n`
  const count = async (areas: readonly string[], homes: boolean) => {
    const reach = { everywhere: false, held: [{ provider: 'p', areas }] }
    const sites = await sitesToChoose(db.sql, reach, 'p', homes)
    assert.ok(sites.every((site) => site.provider === 'p' && (site.kind === 'home') === homes))
    assert.ok(sites.every(({ area }) => areas.length === 0 || areas.includes(area!)))
    return sites.length
  }
  assert.equal(await count([], false), 400)
  assert.equal(await count([], true), 50)
  assert.equal(await count(['North'], false), 200)
  assert.equal(await count(['West'], false), 0)
  const elsewhere = { everywhere: false, held: [{ provider: 'q', areas: [] }] }
  assert.deepEqual(await sitesToChoose(db.sql, elsewhere, 'p', false), [])
})
