/**
 * Goal: every route as every role under every pack, allowed and refused as the pack says. Method: the whole hub on a
 * real database; its administrator adds a landlord on each pack and an account for each role, by the doors people use,
 * and every account tries every door. What it may open is read from the pack's own list, not asked of the server.
 */
import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { Pack } from '#policy/policy.ts'
import type { Route } from '#web/web.ts'
import { doorsOf, fill, leftOut, packs, type Staff, tryDoor, withAccount } from './doors.ts'
import { codeOf, type Landlords, openLandlords } from './landlords.ts'
import { allRows } from './rows.ts'

let land: Landlords
let rows: readonly Route[]
before(async () => {
  ;[land, rows] = await Promise.all([openLandlords(), allRows()])
})
after(() => land?.close())

/** The staff of a landlord; null: those who have no role anywhere. */
const staffOf = (wanted: Pack | null): Promise<Staff[]> =>
  Promise.all([
    ...land.everybody.filter(({ pack }) => pack === wanted).map(withAccount),
    ...(wanted === null ? [withAccount(land.robin)] : []),
  ])

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
