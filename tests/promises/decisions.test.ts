// Goal: promises 2 and 7 in every pack that is shipped. Method: random questions, most of them nonsense; whenever the
// answer is yes, what the promise asks for must have been in the question. And some of them must be yes.
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkPack, decide, type Facts, missingFor, type Pack, type Principal } from '#policy/policy.ts'

const folder = join(import.meta.dirname, '..', '..', 'policies')
const packs: readonly Pack[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((provider) =>
    readdirSync(join(folder, provider.name)).map((version) => join(folder, provider.name, version)),
  )
  .filter((path) => existsSync(join(path, 'policy.yaml')))
  .map((path) => {
    const { pack } = checkPack(path)
    assert.ok(pack, path)
    return pack
  })

const runs = process.env['OVERT_TEST_LONG'] === '1' ? 20_000 : 1500
const codes = (list: readonly { readonly code: string }[]) =>
  fc.constantFrom('', 'made-up', ...list.map(({ code }) => code))
// Weighted towards what is in order: a question has so many facts that chance alone would hardly ever meet a yes.
const often = <T>(good: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(good) }, ...others.map((other) => fc.constant(other)))
const words = often('Noise every night since Monday.', '', ' ')
const reference = often('C-2026-0001', '')

const codesOf = ({ values: { training } }: Pack) =>
  [...training.courses, ...training.licences].map(({ code }) => code)

const principal = (pack: Pack): fc.Arbitrary<Principal> =>
  fc.record({
    id: fc.constant('01900000-0000-7000-8000-000000000001'),
    roles: fc.subarray(pack.values.roles.map(({ code }) => code)),
    administrator: fc.boolean(),
    qualifications: fc.oneof(fc.constant(codesOf(pack)), fc.subarray(codesOf(pack))),
  })

for (const pack of packs) {
  const types = codes(pack.values.deploymentTypes)

  test(`${pack.provider}: nobody looks without a reason, a role and a mandate for what they look at`, (t) => {
    let yes = 0
    const context: fc.Arbitrary<Facts['footage.view']> = fc.record({
      deploymentType: types,
      purpose: codes(pack.values.viewing.purposes),
      reason: words,
      caseReference: reference,
      spanSeconds: fc.constantFrom(0, 60, 3600, 3600 * 800),
      mandateThen: often(true, false),
      overrun: often(false, true),
      colleague: often(false, true),
      consented: fc.boolean(),
      exception: fc.boolean(),
    })
    const property = fc.property(principal(pack), context, (who, facts) => {
      const resource = { type: 'Camera', id: 'camera' } as const
      const answer = decide(pack, { principal: who, action: 'footage.view', resource, context: facts })
      if (!answer.allowed) {
        assert.ok(answer.reasons.length > 0, 'a refusal says why')
        return
      }
      yes += 1
      assert.notEqual(facts.reason.trim(), '', 'promise 2: a view without a reason')
      assert.ok(
        pack.values.viewing.purposes.some(({ code }) => code === facts.purpose),
        'promise 2: without a purpose',
      )
      assert.deepEqual(
        missingFor(pack.values.training, 'footage.view', who.qualifications),
        [],
        'a view without the training or licence that the policy asks for',
      )
      if (facts.colleague) assert.ok(facts.consented, 'a colleague was looked for by one person alone')
      if (pack.values.viewing.caseNeeded.value)
        assert.notEqual(facts.caseReference, '', 'promise 2: without a case')
      assert.ok(facts.mandateThen && !facts.overrun, 'promise 1: a view of what nobody allowed')
      assert.ok(who.roles.length > 0, 'administrators have no footage')
    })
    fc.assert(property, { numRuns: runs })
    t.diagnostic(`${yes} of ${runs} allowed`)
    assert.ok(yes > 0, 'not one question was allowed: this test would see nothing')
  })

  test(`${pack.provider}: nothing is handed over unlogged, untold, or to whom the policy does not name`, (t) => {
    let yes = 0
    const { bases, recipients } = pack.values.disclosure
    const context: fc.Arbitrary<Facts['disclosure.make']> = fc.record({
      deploymentType: types,
      recipientKind: codes(recipients),
      recipientName: fc.constantFrom('', 'PC 1234 Example'),
      basis: codes(bases),
      necessity: words,
      caseReference: reference,
      dpoTold: fc.boolean(),
      logged: fc.boolean(),
    })
    const property = fc.property(principal(pack), context, (who, facts) => {
      const resource = { type: 'Exhibit', id: 'exhibit' } as const
      const answer = decide(pack, { principal: who, action: 'disclosure.make', resource, context: facts })
      if (!answer.allowed) {
        assert.ok(answer.reasons.length > 0, 'a refusal says why')
        return
      }
      yes += 1
      assert.ok(facts.dpoTold && facts.logged, 'promise 7: handed over without the log or the DPO')
      assert.notEqual(facts.recipientName, '', 'promise 7: handed over to nobody in particular')
      const basis = bases.find(({ code }) => code === facts.basis)
      assert.ok(
        basis?.recipients.includes(facts.recipientKind),
        'promise 7: a recipient whom the basis does not name',
      )
      assert.ok(who.roles.length > 0, 'administrators hand nothing over')
    })
    fc.assert(property, { numRuns: runs * 2 })
    t.diagnostic(`${yes} of ${runs * 2} allowed`)
    assert.ok(yes > 0, 'not one question was allowed: this test would see nothing')
  })
}
