import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#base/base.ts'
import { findCase, listCases, openCase } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { insertSite, placeTyped } from '#register/register.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import type { Person } from '#web/web.ts'
import { casesSeenBy } from './cases-seen.ts'

const nowMs = Date.parse('2026-11-22T12:00:00Z')
const by = newId(nowMs)
const holder = (areas: readonly string[], provider = 'p'): Person => ({
  id: newId(nowMs),
  name: 'A',
  username: 'a',
  roles: [{ provider, role: 'warden', areas }],
  administrator: false,
  via: 'session',
})

let db: TestDatabase
let larch = ''
let elm = ''
let patch = ''
const opened = new Map<string, string>()
before(async () => {
  db = await testDatabase()
  await inTransaction(db.sql, async (tx) => {
    patch = newId(nowMs)
    await tx`insert into register.patch (id, provider, name, created_at, created_by)
      values (${patch}, 'p', 'Larch', ${nowMs}, ${by})`
    const site = (name: string, area: string, patchId: string | null) =>
      insertSite(tx, {
        provider: 'p',
        name,
        address: ['1 Road'],
        kind: 'communal',
        timeZone: 'Europe/London',
        area,
        patchId,
        by,
        nowMs,
      })
    larch = await site('Larch Court', 'North', patch)
    elm = await site('Elm Court', 'South', null)
    const open = async (title: string, where: { area?: string; siteId?: string; provider?: string }) => {
      const one = await openCase(tx, {
        provider: 'p',
        kind: 'crime',
        title,
        theirReference: null,
        by,
        nowMs,
        ...where,
      })
      opened.set(title, one.id)
    }
    await open('at Larch Court', { siteId: larch })
    await open('at Elm Court', { siteId: elm })
    await open('all over the North', { area: 'North' })
    await open('everywhere', {})
    await open('elsewhere', { provider: 'q' })
  })
})
after(() => db.drop())

const seen = async (person: Person) =>
  (await listCases(db.sql, casesSeenBy(person), '')).map(({ title }) => title).sort()

test('a case is listed and found by those whose role reaches what it is about, and by nobody else', async () => {
  const north = ['all over the North', 'at Larch Court']
  const expected: [Person, readonly string[]][] = [
    [holder([]), [...north, 'at Elm Court', 'everywhere'].sort()],
    [holder(['North']), north],
    [holder([`patch:${patch}`]), ['at Larch Court']],
    [holder([`site:${elm}`]), ['at Elm Court']],
    [holder(['West']), []],
    [holder([], 'q'), ['elsewhere']],
    [{ ...holder([]), roles: [] }, []],
  ]
  for (const [person, titles] of expected) {
    assert.deepEqual(await seen(person), titles, JSON.stringify(person.roles))
    for (const [title, id] of opened) {
      const found = await findCase(db.sql, casesSeenBy(person), id)
      assert.equal(found !== null, titles.includes(title), `${JSON.stringify(person.roles)} ${title}`)
    }
  }
  const both = { ...holder([]), roles: [...holder([]).roles, ...holder([], 'q').roles] }
  assert.equal((await findCase(db.sql, casesSeenBy(both, 'q'), 'C-2026-0001'))?.title, 'elsewhere')
})

test('a search finds no case out of reach by its words', async () => {
  assert.deepEqual(await listCases(db.sql, casesSeenBy(holder([`patch:${patch}`])), 'Elm'), [])
  assert.deepEqual(await listCases(db.sql, casesSeenBy(holder(['North'])), 'C-2026-0002'), [])
  assert.equal((await listCases(db.sql, casesSeenBy(holder(['South'])), 'Elm')).length, 1)
})

test('a place that moves takes its cases along', async () => {
  const north = holder(['North'])
  await db.sql`update register.site set area = 'South', patch_id = null where id = ${larch}`
  assert.deepEqual(await seen(north), ['all over the North'])
  assert.ok((await seen(holder(['South']))).includes('at Larch Court'))
  await db.sql`update register.site set area = 'North', patch_id = ${patch} where id = ${larch}`
})

test('a case about the whole landlord stays open to who opened it, while they have a role there', async () => {
  const opener = { ...holder(['West']), id: by }
  assert.deepEqual(await seen(opener), ['everywhere'])
  assert.deepEqual(await seen({ ...opener, roles: [] }), [])
})

test('a place is found by what is typed within reach, and a whole area by who reaches all of it', async () => {
  const typed = (person: Person, text: string) =>
    placeTyped(db.sql, { everywhere: false, held: person.roles }, { find: () => ({}) as never }, text, true)
  const meant = async (person: Person, text: string) => {
    const answer = await typed(person, text)
    return 'found' in answer ? (answer.found.siteId ?? answer.found.area) : answer.say
  }
  const gone = 'Your roles reach no such place. Type its name as the register has it'
  assert.equal(await meant(holder([]), 'larch court'), larch)
  assert.equal(await meant(holder([]), 'Elm'), elm)
  assert.equal(await meant(holder(['North']), 'north'), 'North')
  assert.equal(await meant(holder(['North']), 'Elm Court'), gone)
  assert.equal(await meant(holder([`patch:${patch}`]), 'North'), larch, 'the one place of theirs there')
  assert.equal(await meant(holder(['South']), 'North'), gone)
  assert.match(String(await meant(holder([]), 'Court')), /^Several places fit: Elm Court; Larch Court\./)
})
