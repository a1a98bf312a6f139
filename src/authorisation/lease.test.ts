import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import {
  authorityOf,
  dayOfAuthority,
  leaseDaysAhead,
  planCommissioning,
  planLease,
  renewalDue,
} from './lease.ts'

const zone = 'Europe/London'
const at = (text: string) => Date.parse(text)
const d = { fromDay: '2026-11-01', untilDay: '2026-11-28', timeZone: zone }

test('28 days are 28 civil days, the last one whole', () => {
  assert.equal(authorityOf(d).untilMs, at('2026-11-29T00:00:00Z'))
  assert.deepEqual(dayOfAuthority(d, at('2026-11-01T00:00:00Z')), { day: 1, of: 28 })
  assert.deepEqual(dayOfAuthority(d, at('2026-11-28T23:59:59Z')), { day: 28, of: 28 })
})

test('no lease before the first day nor from the instant the authority is over', () => {
  assert.equal(planLease(d, at('2026-10-31T23:59:59.999Z')), null)
  assert.notEqual(planLease(d, at('2026-11-28T23:59:59.999Z')), null)
  assert.equal(planLease(d, at('2026-11-29T00:00:00Z')), null)
})

test('a lease never outlives its last key nor the authority, whatever the day and the zone', () => {
  const zones = ['Europe/London', 'Pacific/Apia', 'America/St_Johns', 'Africa/Casablanca']
  fc.assert(
    fc.property(
      fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 0, max: 400 }),
      fc.constantFrom(...zones),
      (nowMs, before, length, timeZone) => {
        const fromDay = addDays(civilDay(nowMs, timeZone), -before)
        const untilDay = addDays(fromDay, length)
        const lease = planLease({ fromDay, untilDay, timeZone }, nowMs)
        if (lease === null) return civilDay(nowMs, timeZone) > untilDay
        const lastKeyEnds = startOfDayMs(addDays(lease.days.at(-1)!, 1), timeZone)
        return (
          lease.untilMs <= lastKeyEnds &&
          lease.untilMs <= lease.authorityUntilMs! &&
          lease.untilMs > nowMs &&
          lease.days[0] === civilDay(nowMs, timeZone) &&
          lease.days.length <= leaseDaysAhead + 1
        )
      },
    ),
  )
})

test('a lease is renewed when a day has passed, and no more once it reaches the end', () => {
  const long = { fromDay: '2026-01-01', untilDay: null, timeZone: zone }
  const first = planLease(long, at('2026-02-01T12:00:00Z'))!
  assert.equal(renewalDue(long, first.untilMs, at('2026-02-01T23:00:00Z')), false)
  assert.equal(renewalDue(long, first.untilMs, at('2026-02-02T00:00:00Z')), true)
  const short = planLease(d, at('2026-11-01T12:00:00Z'))!
  assert.equal(renewalDue(d, short.untilMs, at('2026-11-20T12:00:00Z')), false)
})

test('commissioning is thirty minutes at most and carries a key for each day it touches', () => {
  const lease = planCommissioning(zone, at('2026-11-22T23:50:00Z'), 90)
  assert.equal(lease.untilMs - lease.fromMs, 30 * 60_000)
  assert.deepEqual(lease.days, ['2026-11-22', '2026-11-23'])
})
