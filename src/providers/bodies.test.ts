/**
 * What a landlord decided about its policy as a document becomes work for whoever keeps it: who approves it, who watches
 * over it, where it is made known, who is asked. Method: the pages' own rows, real packs, a real database and ledger.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inTransaction } from '#engine/engine.ts'
import type { PointValue } from '#policy/policy.ts'
import { rolesFor } from '#policy/policy.ts'
import { adoptPacks } from './open.ts'
import { openPointsPage } from './open-points-pages.ts'
import { remind } from './reminders.ts'
import { noon, person, type TestHouse, testHouse } from './test-house.ts'

const people = new Map([
  ['owner', person('baseline', 'policy-owner')],
  ['officer', person('baseline', 'housing-officer')],
  ['crafted', person('handcrafted', 'policy-owner')],
  ['derby', person('derby-homes', 'policy-owner')],
])
let house: TestHouse
before(async () => {
  house = await testHouse(people)
  await inTransaction(house.db.sql, (tx) =>
    adoptPacks(tx, house.providers, [
      { slug: 'baseline', name: 'Fern Homes', by: null, nowMs: noon },
      { slug: 'handcrafted', by: null, nowMs: noon },
    ]),
  )
  await house.providers.refresh()
})
after(() => house.close())

async function decide(slug: string, key: string, value: PointValue): Promise<void> {
  const pack = house.providers.packOf(slug)
  const made = await inTransaction(house.db.sql, (tx) =>
    house.providers.decidePoint(tx, {
      slug,
      key,
      value,
      reason: 'Agreed in May.',
      by: people.get('owner')!.id,
      roles: rolesFor(pack, 'policy.decide'),
      nowMs: noon,
    }),
  )
  assert.ok(made.ok, JSON.stringify(made))
  await house.providers.refresh()
}

const work = async (kind: string, slug: string) => {
  await remind(house.deps)
  return [...house.tasks.values()].filter((one) => one.kind === kind && one.provider === slug)
}

test('whoever approves the policy is asked for each version, until their approval is on record', async () => {
  assert.deepEqual(await work('policy.approve', 'baseline'), [])
  const early = await house.post('owner', '/policy/baseline/words', {
    kind: 'approved',
    givenOn: '2026-11-20',
  })
  assert.equal(early.status, 422, 'nobody is named yet')
  await decide('baseline', 'govern.policy_approver', 'The board')
  const [asked] = await work('policy.approve', 'baseline')
  assert.match(asked!.title, /approved by: The board/)
  assert.deepEqual(asked!.roles, ['policy-owner'])
  const page = await house.page('owner', '/policy/baseline/document')
  assert.match(page.text, /The board approves it/)
  assert.match(page.text, /Not approved yet/)

  const say = (who: string, givenOn: string) =>
    house.post(who, '/policy/baseline/words', { kind: 'approved', givenOn, minute: 'Minute 12' })
  assert.equal((await say('officer', '2026-11-20')).status, 403)
  assert.equal((await say('derby', '2026-11-20')).status, 403)
  const future = await say('owner', '2026-11-23')
  assert.equal(future.status, 422)
  assert.match(future.text, /must not be in the future/)
  assert.equal((await work('policy.approve', 'baseline')).length, 1)

  assert.equal((await say('owner', '2026-11-20')).status, 201)
  assert.deepEqual(await work('policy.approve', 'baseline'), [])
  assert.match((await house.page('owner', '/policy/baseline/document')).text, /Minute 12/)
  await assert.rejects(house.db.sql`update providers.word set body = 'Somebody'`, /permission denied/)
})

test('a document that says who approved it asks nobody again', async () => {
  const refused = await house.post('derby', '/policy/derby-homes/words', {
    kind: 'approved',
    givenOn: '2026-11-20',
  })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /The policy says itself who approved it/)
})

test('after a review, what came of it is to be shown to whoever watches over the policy', async () => {
  await decide('baseline', 'govern.oversight', 'The audit committee')
  await decide('baseline', 'consult.on_policy', ['customer-panel'])
  assert.deepEqual(await work('policy.show', 'baseline'), [], 'nothing to show before a review')
  const review = { reviewedOn: '2026-11-21', outcome: 'stays', note: 'The owner.', nextReview: '2027-11-20' }
  assert.equal((await house.post('owner', '/policy/baseline/reviews', review)).status, 201)
  const [asked] = await work('policy.show', 'baseline')
  assert.match(asked!.title, /The audit committee/)
  const shown = (givenOn: string) => house.post('owner', '/policy/baseline/words', { kind: 'shown', givenOn })
  assert.equal((await shown('2026-11-20')).status, 201, 'an earlier word is kept')
  assert.equal((await work('policy.show', 'baseline')).length, 1, 'and does not count for this review')
  assert.equal((await shown('2026-11-22')).status, 201)
  assert.deepEqual(await work('policy.show', 'baseline'), [])
  house.clock.set(Date.parse('2027-10-01T12:00:00Z'))
  assert.match((await work('policy.review', 'baseline'))[0]!.title, /Those to ask: The panel of customers/)
  house.clock.set(noon)
})

test('where the landlord decided to make its policy known, that is asked for until it is on record', async () => {
  assert.deepEqual(await work('policy.publish', 'handcrafted'), [])
  await decide('handcrafted', 'govern.publication', ['website', 'told-by-the-dpo'])
  const asked = await work('policy.publish', 'handcrafted')
  assert.deepEqual(asked.map((one) => one.about['channel']).sort(), ['staff', 'website'])
  const { dpoRole } = house.providers.packOf('handcrafted').values
  assert.deepEqual(asked.find((one) => one.about['channel'] === 'staff')!.roles, [dpoRole])
  assert.equal(
    (await house.post('crafted', '/policy/handcrafted/publications', { channel: 'staff' })).status,
    200,
  )
  const left = await work('policy.publish', 'handcrafted')
  assert.deepEqual(
    left.map((one) => one.about['channel']),
    ['website'],
  )
})

test('what is published bears the landlord’s own name, not that of the document’s author', async () => {
  const opened = await house.post('owner', '/policy/baseline/publications', { channel: 'website' })
  assert.equal(opened.status, 200, opened.text)
  for (const path of ['/published/baseline', '/published/baseline/print?format=text']) {
    const { status, text } = await house.page(null, path)
    assert.equal(status, 200)
    assert.match(text, /Fern Homes/, path)
    assert.doesNotMatch(text.split('<main')[1]?.slice(0, 600) ?? text.slice(0, 200), /Baseline/, path)
  }
})

test('the page on which it is decided says what follows, and of what is not built yet that it is kept for later', () => {
  const provider = house.providers.find('baseline')!
  const pack = house.providers.packOf('baseline')
  const decisions = house.providers.decisions('baseline')
  const { body } = openPointsPage({ provider, pack, decisions, names: new Map(), may: true })
  const text = JSON.stringify(body)
  assert.match(text, /No camera is asked for at a place of another kind/)
  assert.match(text, /It is kept for complaints, which Overt does not handle yet/)
})
