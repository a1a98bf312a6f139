/** How long what is recorded is kept when versions follow each other, against the plainest telling of the rule. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays } from '#base/base.ts'
import { goneUnder, type Keeping } from './kept.ts'

const first = '2026-01-01'
const on = (n: number) => addDays(first, n)
const versions = fc
  .uniqueArray(
    fc.record({ begins: fc.integer({ min: 0, max: 90 }), days: fc.integer({ min: 1, max: 31 }) }),
    {
      selector: ({ begins }) => begins,
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((list) =>
    list
      .toSorted((a, b) => a.begins - b.begins)
      .map(
        ({ begins, days }, n): Keeping => ({
          version: String(n),
          fromDay: on(n === 0 ? 0 : begins + 1),
          days,
          clause: `c-${n}`,
          by: null,
        }),
      ),
  )

test('a longer time never extends what is recorded, a shorter one shortens it from its day on and not before', () => {
  fc.assert(
    fc.property(versions, fc.nat(90), fc.nat(40), (list, recorded, later) => {
      const day = on(recorded)
      const today = on(recorded + later)
      const said = goneUnder(list, day, today)!
      const then = list.findLast((one) => one.fromDay <= day)!
      assert.ok(said.goneBy <= addDays(day, then.days), 'never longer than on the day it was recorded')
      const before = list.filter((one) => one.fromDay <= today).slice(0, -1)
      const newest = list.filter((one) => one.fromDay <= today).at(-1)!
      if (newest.fromDay > day && before.some((one) => one.fromDay <= day)) {
        const was = goneUnder(before, day, today)!
        assert.ok(said.goneBy <= was.goneBy, 'no version lengthens what another shortened')
        const shortens = addDays(day, newest.days) < was.goneBy && newest.fromDay < was.goneBy
        assert.equal(said.goneBy < was.goneBy, shortens)
        if (shortens) {
          assert.ok(said.goneBy >= newest.fromDay, 'not before its day')
          assert.equal(said.clause, newest.clause)
        }
      }
      // What has yet to begin has no say.
      const next = list.find((one) => one.fromDay > today)
      if (next !== undefined)
        assert.deepEqual(
          goneUnder(
            list.filter((one) => one !== next),
            day,
            today,
          ),
          said,
        )
    }),
    { numRuns: 2_000 },
  )
})

test('the plain cases: 31 days become 21 on the first of May', () => {
  const list: Keeping[] = [
    { version: 'a', fromDay: '2026-01-01', days: 31, clause: 'old', by: null },
    { version: 'b', fromDay: '2026-05-01', days: 21, clause: 'new', by: null },
  ]
  const gone = (day: string, today: string) => goneUnder(list, day, today)
  assert.deepEqual(gone('2026-04-02', '2026-04-30'), { version: 'a', clause: 'old', goneBy: '2026-05-03' })
  assert.deepEqual(gone('2026-04-02', '2026-05-01'), { version: 'b', clause: 'new', goneBy: '2026-05-01' })
  assert.deepEqual(gone('2026-04-20', '2026-05-01'), { version: 'b', clause: 'new', goneBy: '2026-05-11' })
  assert.deepEqual(gone('2026-05-02', '2026-05-02'), { version: 'b', clause: 'new', goneBy: '2026-05-23' })
})
