// Goal: the promises hold whatever people do, in whatever order. Method: random days in the life of a simulated landlord
// (see landlord.ts); after every step everything that was promised is asked for. A failure prints fast-check's seed and
// path: put them in OVERT_TEST_SEED and OVERT_TEST_PATH to see it again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type TestLandlords, testLandlords } from '#authorisation/test-landlord.ts'
import { Landlord, people } from './landlord.ts'

let land: TestLandlords
before(async () => {
  land = await testLandlords()
})
after(async () => {
  await land.close()
})

type Act = (landlord: Landlord) => Promise<void> | void
const act = <T>(
  name: string,
  given: fc.Arbitrary<T>,
  run: (landlord: Landlord, value: T) => Promise<void> | void,
) =>
  given.map((value) => {
    const step: Act = (landlord) => run(landlord, value)
    const shown = Array.isArray(value) ? value.map(String).join(', ') : String(value)
    return Object.assign(step, { [fc.toStringMethod]: () => `${name}(${shown})` })
  })

const number = fc.nat({ max: people.length - 1 })
const who = (index: number) => people[index]!
const minute = 60_000
const day = 86_400_000

/** Steps that a landlord's good officers take, so that many runs reach a live camera. */
const rightWay: readonly (readonly [string, Act])[] = [
  ['propose', (l) => l.propose(who(0))],
  ['write', (l) => l.writeDpia(who(0))],
  ['accept', (l) => l.answerDpia(who(4), true)],
  ['agree', (l) => l.agree(who(0))],
  ['approve', (l) => l.approve(who(2))],
  ['install', (l) => l.install(who(6))],
  ['record', (l) => l.record(3)],
]
const named = ([name, step]: readonly [string, Act]): Act =>
  Object.assign((l: Landlord) => step(l), { [fc.toStringMethod]: () => name })

const anything = fc.oneof(
  { weight: 2, arbitrary: act('propose', number, (l, n) => l.propose(who(n))) },
  { weight: 2, arbitrary: act('writeDpia', number, (l, n) => l.writeDpia(who(n))) },
  {
    weight: 3,
    arbitrary: act('answerDpia', fc.tuple(number, fc.boolean()), (l, [n, yes]) => l.answerDpia(who(n), yes)),
  },
  { weight: 3, arbitrary: act('approve', number, (l, n) => l.approve(who(n))) },
  { weight: 1, arbitrary: act('withdrawApproval', number, (l, n) => l.withdrawApproval(who(n))) },
  { weight: 2, arbitrary: act('agree', number, (l, n) => l.agree(who(n))) },
  { weight: 1, arbitrary: act('withdrawAgreement', number, (l, n) => l.withdrawAgreement(who(n))) },
  { weight: 1, arbitrary: act('stop', number, (l, n) => l.stop(who(n))) },
  { weight: 2, arbitrary: act('lift', number, (l, n) => l.lift(who(n))) },
  { weight: 3, arbitrary: act('install', number, (l, n) => l.install(who(n))) },
  { weight: 8, arbitrary: act('record', fc.integer({ min: 1, max: 6 }), (l, n) => l.record(n)) },
  { weight: 3, arbitrary: act('link', fc.boolean(), (l, up) => l.link(up)) },
  { weight: 4, arbitrary: act('minutes', fc.integer({ min: 1, max: 600 }), (l, n) => l.pass(n * minute)) },
  { weight: 3, arbitrary: act('days', fc.integer({ min: 1, max: 12 }), (l, n) => l.pass(n * day)) },
  {
    weight: 3,
    arbitrary: act('hold', fc.tuple(fc.nat(20), fc.nat(5), fc.nat(3)), (l, [a, b, c]) => l.hold(a, b, c)),
  },
  { weight: 1, arbitrary: act('release', fc.nat(5), (l, n) => l.release(n)) },
)

/** A random number of right steps first, strange ones in between and after. */
const life = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant(rightWay.length) }, fc.nat(rightWay.length)),
    fc.array(anything, { minLength: 1, maxLength: 30 }),
    fc.array(fc.nat(30), { maxLength: 2 }),
  )
  .map(([right, strange, places]) => {
    const steps = rightWay.slice(0, right).map(named)
    for (const [index, place] of places.entries()) {
      const moved = strange[index]
      if (moved !== undefined) steps.splice(place % (steps.length + 1), 0, moved)
    }
    return [...steps, ...strange.slice(places.length)]
  })

test('whatever people do, no picture without authority, nothing kept too long, nothing lost, nothing readable by a thief', async (t) => {
  const long = process.env['OVERT_TEST_LONG'] === '1'
  const replay =
    process.env['OVERT_TEST_SEED'] === undefined ? {} : { seed: Number(process.env['OVERT_TEST_SEED']) }
  const path = process.env['OVERT_TEST_PATH'] === undefined ? {} : { path: process.env['OVERT_TEST_PATH'] }
  const reached = { lives: 0, recorded: 0, cutOff: 0, held: 0 }
  await fc.assert(
    fc.asyncProperty(life, async (steps) => {
      const landlord = await Landlord.open(land)
      try {
        for (const step of steps) {
          await step(landlord)
          await landlord.ask()
        }
        // Long after: everything that is not held is gone, and what is held is not.
        await landlord.pass(120 * day)
        await landlord.ask()
        await landlord.askAtTheEnd()
        reached.lives += 1
        if (landlord.reels.some((reel) => reel.pieces.length > 0)) reached.recorded += 1
        if (landlord.reels.some((reel) => reel.cutOff)) reached.cutOff += 1
        if (landlord.holds.length > 0) reached.held += 1
      } finally {
        await landlord.close()
      }
    }),
    { numRuns: long ? 1000 : 30, ...replay, ...path, endOnFailure: false },
  )
  t.diagnostic(JSON.stringify(reached))
  // A simulation in which nobody ever gets a camera would keep every promise.
  if (Object.keys(replay).length === 0)
    assert.ok(reached.recorded >= 3 && reached.held >= 1, JSON.stringify(reached))
})
