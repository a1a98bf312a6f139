/**
 * Goal: every route as every role under every pack, allowed and refused as the pack says. Method: the whole hub on a
 * real database; its administrator adds a landlord on each pack and an account for each role, by the doors people use,
 * and every account tries every door. What it may open is read from the pack's own list, not asked of the server.
 */
import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type TestHub, testHub } from '#main/test-hub.ts'
import type { Pack } from '#policy/policy.ts'
import type { Route } from '#web/web.ts'
import { doorsOf, fill, leftOut, packs, type Staff, told, tryDoor, withAccount } from './doors.ts'
import { allRows } from './rows.ts'
import { setUp, type Visitor, welcome } from './visitors.ts'

const password = 'seven herons over the estuary'
/** People come by a proxy, each from a place of their own: nobody's requests count as another's. */
const origin = 'http://overt.example'
let seats = 0
const seat = () => {
  seats += 1
  return { 'x-forwarded-for': `198.51.100.${seats}`, origin }
}
const codeOf = (pack: Pack): string => `${pack.provider}@${pack.version}`
/** Roles that the pack gives for an area alone, and those that reach as far as the people who report to them. */
const narrow = ({ values }: Pack): string[] => values.accounts.areaRoles.map(({ role }) => role)
const leading = ({ values }: Pack): string[] => values.accounts.reportRoles.map(({ role }) => role)

let hub: TestHub
let rows: readonly Route[]
let robin: Visitor
const visitors: { readonly visitor: Visitor; readonly pack: Pack | null }[] = []

/** An account as the administrator makes it, with its first password; its id. */
async function hire(pack: Pack | null, role: string, more: { areas?: string; manager?: string } = {}) {
  const username = pack === null ? role : `${pack.provider}.${role}`
  const roles = pack === null ? [] : [`${pack.provider}:${role}`]
  const made = await robin.post('/api/v1/accounts', { username, name: `The ${role}`, roles, ...more })
  assert.equal(made.status, 201, told(made, username))
  const { id, link } = made.json() as { id: string; link: string }
  const visitor = await welcome(hub.url, username, new URL(link).pathname, password, seat())
  visitors.push({ visitor, pack })
  return id
}

before(async () => {
  ;[hub, rows] = await Promise.all([testHub('demo', origin), allRows()])
  const [others, first] = [packs.slice(0, -1), packs.at(-1)!]
  const typed = { pack: codeOf(first), username: 'robin', name: 'Robin Stone', password }
  robin = await setUp(hub.url, await hub.setUpPath(), typed, seat())
  visitors.push({ visitor: robin, pack: null })
  for (const pack of others) {
    const added = { policy: codeOf(pack), ownName: `Homes by ${pack.name}` }
    const made = await robin.post('/api/v1/landlords', added)
    assert.equal(made.status, 201, told(made, codeOf(pack)))
  }
  await hire(null, 'nobody')
  for (const pack of packs) {
    let manager = ''
    for (const role of leading(pack)) manager = await hire(pack, role)
    for (const role of narrow(pack)) await hire(pack, role, { areas: 'North', manager })
    const left = Object.keys(pack.values.abilities).filter(
      (role) => ![...leading(pack), ...narrow(pack)].includes(role),
    )
    await Promise.all(left.map((role) => hire(pack, role)))
  }
})
after(() => hub?.close())

/** The staff of a landlord; null: those who have no role anywhere. */
const staffOf = (wanted: Pack | null): Promise<Staff[]> =>
  Promise.all(visitors.filter(({ pack }) => pack === wanted).map(({ visitor }) => withAccount(visitor)))

/**
 * Page and API are one row with one gate, and doors.test.ts asks both: here the API where there is one, since drawing
 * every page for every role would take minutes.
 */
async function tryEveryDoor(one: Staff) {
  const count = { open: 0, shut: 0 }
  for (const row of rows) {
    const path = doorsOf(row).at(-1)
    if (path === undefined || row.permission === 'public') continue
    if (leftOut.includes(`${row.method} ${row.path}`)) continue
    count[await tryDoor(one, row, fill(path))] += 1
  }
  return count
}

/** Nobody finds every door open, nor every door shut: what was asked was a question. */
function assertBoth(
  t: TestContext,
  staff: readonly Staff[],
  counts: readonly { open: number; shut: number }[],
) {
  for (const [index, { open, shut }] of counts.entries()) {
    const words = `${staff[index]!.name}: ${open} doors open, ${shut} shut`
    assert.ok(open > 50 && shut > 50, words)
    t.diagnostic(words)
  }
}

describe('every route opens as the pack says', () => {
  for (const pack of packs)
    test(`to each role of ${codeOf(pack)}`, async (t) => {
      const staff = await staffOf(pack)
      assert.deepEqual(
        staff.map(({ account }) => account.roles.map(({ role }) => role).join()).toSorted(),
        pack.values.roles.map(({ code }) => code).toSorted(),
      )
      assertBoth(t, staff, await Promise.all(staff.map(tryEveryDoor)))
    })

  test('to who runs the installation, and to who has no role at all', async (t) => {
    const staff = await staffOf(null)
    for (const { account } of staff) assert.deepEqual(account.roles, [])
    assertBoth(t, staff, await Promise.all(staff.map(tryEveryDoor)))
  })
})
