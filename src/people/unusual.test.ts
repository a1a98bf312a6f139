/**
 * Goal: what is unusual is told once to somebody else, and what is usual to nobody. Method: the pure rules at and one
 * past each threshold; then the pages on a real database, with looks and refusals handed in as footage would.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type House, openHouse, startMs, testRules } from './test-house.ts'
import { noticeUnusual } from './unusual.ts'
import { findings, type Look, type Refusal, thresholds } from './unusual-rules.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const slug = 'derby-homes'
/** A Wednesday, at noon. */
const wednesday = Date.UTC(2026, 10, 18, 12)
const look = (atMs: number, more: Partial<Look> = {}): Look => ({
  personId: 'p',
  provider: slug,
  cameraIds: ['c'],
  atMs,
  outcome: true,
  ...more,
})
const found = (
  facts: {
    looks?: readonly Look[]
    refusals?: readonly Refusal[]
    newPlaces?: readonly Refusal[]
    letInAnew?: readonly Refusal[]
  },
  nowMs = wednesday + 2 * hourMs,
) =>
  findings({ nowMs, timeZone: 'Europe/London', looks: [], refusals: [], newPlaces: [], ...facts }).map(
    ({ rule, count }) => `${rule} ${count}`,
  )

describe('the rules', () => {
  test('hours: a weekday by day is usual; night and weekend are not, unless somebody often works then', () => {
    assert.deepEqual(found({ looks: [look(wednesday)] }), [])
    const night = wednesday - 9 * hourMs
    assert.deepEqual(found({ looks: [look(night)] }), ['outside-hours 1'])
    assert.deepEqual(found({ looks: [look(Date.UTC(2026, 10, 15, 12))] }), ['outside-hours 1'], 'a Sunday')
    const before = (days: number) => [1, 2, 3].slice(0, days).map((n) => look(night - n * 7 * dayMs - dayMs))
    assert.deepEqual(found({ looks: [...before(thresholds.usualTimes), look(night)] }), [])
    assert.deepEqual(found({ looks: [...before(thresholds.usualTimes - 1), look(night)] }), [
      'outside-hours 1',
    ])
    // British summer time: 06:30 UTC is half past seven.
    const summer = Date.UTC(2026, 6, 15, 6, 30)
    assert.deepEqual(found({ looks: [look(summer)] }, summer + hourMs), [])
  })

  test('many viewings: nineteen in an hour are work, twenty are told, and twenty over two hours are work', () => {
    const burst = (count: number, everyMs: number) =>
      Array.from({ length: count }, (_, n) => look(wednesday + n * everyMs, { cameraIds: [`c${n}`] }))
    assert.deepEqual(found({ looks: burst(thresholds.manyViewings - 1, 60_000) }), [])
    assert.deepEqual(found({ looks: burst(thresholds.manyViewings, 60_000) }), ['many-viewings 20'])
    assert.deepEqual(found({ looks: burst(thresholds.manyViewings, 6 * 60_000) }), [])
  })

  test('refused tries: ten in a day, by one person', () => {
    const tries = (count: number, personId = 'p') =>
      Array.from({ length: count }, (_, n) => ({ personId, atMs: wednesday + n * 1000 }))
    assert.deepEqual(found({ refusals: tries(9) }), [])
    assert.deepEqual(found({ refusals: tries(10) }), ['many-refusals 10'])
    assert.deepEqual(found({ refusals: [...tries(6), ...tries(6, 'q')] }), [])
  })

  test('one camera again and again is told unless a case came to something', () => {
    const again = (count: number, last: boolean) =>
      Array.from({ length: count }, (_, n) =>
        look(wednesday - (n % 3) * dayMs, { outcome: last && n === count - 1 }),
      )
    assert.deepEqual(found({ looks: again(thresholds.againAndAgain - 1, false) }), [])
    assert.deepEqual(found({ looks: again(thresholds.againAndAgain, false) }), ['again-and-again 6'])
    assert.deepEqual(found({ looks: again(thresholds.againAndAgain, true) }), [])
  })

  test('looking soon after somebody else opened the account is told, before it and long after it not', () => {
    const opened = (atMs: number, personId = 'p') => [{ personId, atMs }]
    const looks = [look(wednesday)]
    assert.deepEqual(found({ looks, letInAnew: opened(wednesday - hourMs) }), ['let-in-anew 1'])
    assert.deepEqual(found({ looks, letInAnew: opened(wednesday - hourMs, 'q') }), [])
    assert.deepEqual(found({ looks, letInAnew: opened(wednesday + 1) }), [], 'the look was before it')
    const days = thresholds.letInAnewDays * dayMs
    assert.deepEqual(found({ looks, letInAnew: opened(wednesday - days + 1) }), ['let-in-anew 1'])
    assert.deepEqual(found({ looks, letInAnew: opened(wednesday - days) }), [])
    const twice = [...opened(wednesday - 2 * hourMs), ...opened(wednesday - hourMs)]
    assert.deepEqual(found({ looks, letInAnew: twice }), ['let-in-anew 1'], 'a link made twice is one')
  })

  test('what is older than a week is told no more', () => {
    const old = wednesday - 8 * dayMs - 9 * hourMs
    assert.deepEqual(found({ looks: [look(old)] }), [])
    assert.deepEqual(found({ newPlaces: [{ personId: 'p', atMs: old }] }), [])
    assert.deepEqual(found({ newPlaces: [{ personId: 'p', atMs: wednesday }] }), ['new-place 1'])
  })
})

describe('what a rule noticed', () => {
  let house: House
  const looks: Look[] = []
  const tasks: { alarm: string; roles: readonly string[]; title: string }[] = []
  const closed: string[] = []

  before(async () => {
    house = await openHouse(
      {
        use: {
          looks: async () => looks,
          refusals: async () => [],
          openTask: async (_tx, task) => tasks.push(task),
          closeTask: async (_tx, { alarm }) => closed.push(alarm),
        },
      },
      testRules,
    )
  })
  after(() => house?.close())

  test('is told once, to others than the person, and answered with a reason', async () => {
    const role = (code: string) => ({ roles: [{ provider: slug, role: code, areas: [] }] })
    const nia = await house.makePerson('nia', role('asb-manager'))
    const dpo = await house.makePerson('dpo', role('data-protection-officer'))
    await house.makePerson('other', role('asb-manager'))
    house.clock.set(startMs)
    looks.push(look(startMs - 6 * hourMs, { personId: nia }), look(startMs - 5 * hourMs, { personId: dpo }))
    assert.equal(await noticeUnusual(house.parts), 2)
    assert.equal(await noticeUnusual(house.parts), 0, 'the same is not told again')
    assert.equal(tasks.length, 2)
    assert.deepEqual(tasks[0]!.roles, ['data-protection-officer'])
    assert.doesNotMatch(tasks.map(({ title }) => title).join(), /nia|dpo/i)
    const browser = await house.signedIn('dpo')
    const list = await browser.get('/unusual-use')
    assert.match(list.body, /Name of nia: looking at unusual hours/)
    assert.doesNotMatch(list.body, /Name of dpo: /, 'nobody judges themselves')
    const own = (
      await house.db.owner<{ id: string }[]>`select id from people.alarm where person_id = ${dpo}`
    )[0]!
    assert.equal((await browser.get(`/unusual-use/${own.id}`)).statusCode, 404)
    const { id } = (
      await house.db.owner<{ id: string }[]>`select id from people.alarm where person_id = ${nia}`
    )[0]!
    assert.match((await browser.get(`/unusual-use/${id}`)).body, /by somebody who does not usually look/)
    const others = await house.signedIn('other')
    assert.equal((await others.get('/unusual-use')).statusCode, 404)
    assert.equal((await others.get(`/unusual-use/${id}`)).statusCode, 404)
    const answer = (values: Record<string, string>) => browser.post(`/unusual-use/${id}`, values)
    assert.equal((await answer({ found: 'false-alarm', answer: '' })).statusCode, 422)
    assert.equal((await answer({ found: 'false-alarm', answer: 'A night on call' })).statusCode, 303)
    assert.deepEqual(closed, [id])
    assert.match((await browser.get('/unusual-use')).body, /False alarm/)
    assert.equal((await answer({ found: 'unusual', answer: 'Again' })).statusCode, 422, 'answered already')
    assert.equal(await house.countOf('person.unusual-use-noticed'), 2)
    assert.equal(await house.countOf('person.unusual-use-answered'), 1)
  })

  test('is judged neither by who stands in for the person, nor by who reaches a part of the landlord alone', async () => {
    const role = (code: string, areas: readonly string[] = []) => ({
      roles: [{ provider: slug, role: code, areas }],
    })
    const judged = await house.makePerson('judged', role('data-protection-officer'))
    const deputy = await house.makePerson('lent', role('housing-officer'))
    await house.makePerson('part', role('data-protection-officer', ['North']))
    await house.makePerson('whole', role('data-protection-officer'))
    await house.db.owner`
      insert into people.deputy (id, absent_id, deputy_id, provider, roles, from_at, until, named_by, named_at)
      values (gen_random_uuid(), ${judged}, ${deputy}, ${slug}, array['data-protection-officer'],
        ${startMs}::timestamptz, ${startMs + 30 * dayMs}::timestamptz, ${judged}, ${startMs}::timestamptz)`
    looks.length = 0
    looks.push(look(startMs - 6 * hourMs, { personId: judged }))
    await noticeUnusual(house.parts)
    const [made] = await house.db.owner<
      { id: string }[]
    >`select id from people.alarm where person_id = ${judged}`
    const { id } = made!
    for (const [name, status] of [
      ['lent', 404],
      ['part', 404],
      ['whole', 200],
    ] as const) {
      const browser = await house.signedIn(name)
      assert.equal((await browser.get(`/unusual-use/${id}`)).statusCode, status, name)
      const list = (await browser.get('/unusual-use')).body
      assert.equal(/Name of judged: /.test(list), status === 200, name)
    }
  })

  test('a sign-in from a network not used before is told, the first of all is not', async () => {
    const id = await house.makePerson('pat', {
      roles: [{ provider: slug, role: 'housing-officer', areas: [] }],
    })
    await house.signedIn('pat')
    looks.length = 0
    assert.equal(await noticeUnusual(house.parts), 0)
    house.clock.advance(1000)
    await house.db.owner`
      insert into people.sign_in_place (person_id, place_hash, first_at, last_at)
      values (${id}, decode(repeat('ab', 32), 'hex'), ${house.clock.nowMs()}::timestamptz,
        ${house.clock.nowMs()}::timestamptz)`
    assert.equal(await noticeUnusual(house.parts), 1)
    assert.match(tasks.at(-1)!.title, /new network/)
  })
})
