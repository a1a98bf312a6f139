/**
 * A decision needs every fact: whatever is taken away from, emptied in or added to an allowed question, the answer is
 * no, or is still right. Attacked with fast-check over the packs' own allowed cases.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import {
  able,
  actions,
  checkPack,
  decide,
  fromOutside,
  outsideActions,
  type Pack,
  type Question,
  readCases,
  rolesAt,
} from './policy.ts'

const folder = (at: string) => fileURLToPath(new URL(`../../policies/${at}`, import.meta.url))
const packs = ['derby-homes/2025-06-11', 'progress/2025-01-01'].map((at): Pack => {
  const { pack } = checkPack(folder(at))
  assert.ok(pack, at)
  return pack
})
const [derby, progress] = packs as [Pack, Pack]
const allowed = packs.flatMap((pack) =>
  readCases(pack.folder)
    .cases.filter((c) => c.refused === null)
    .map((c) => ({ pack, question: c.question, file: `${pack.provider}/${c.file}` })),
)
const open = ['deployment.stop', 'policy.read', 'task.view']
const guarded = allowed.filter((c) => !open.includes(c.question.action))

const changed = (question: Question, context: object, principal = question.principal): Question =>
  ({ ...question, principal, context }) as Question

test('every allowed case is allowed to begin with', () => {
  for (const { pack, question, file } of allowed) assert.ok(decide(pack, question).allowed, file)
})

test('an allowed question with one fact missing is denied', () => {
  fc.assert(
    fc.property(fc.nat(guarded.length - 1), fc.nat(), (index, pick) => {
      const { pack, question, file } = guarded[index]!
      const facts = Object.keys(question.context)
      if (facts.length === 0) return
      const gone = facts[pick % facts.length]!
      const { [gone]: _gone, ...rest } = question.context as Record<string, unknown>
      const decision = decide(pack, changed(question, rest))
      assert.equal(decision.allowed, false, `${file} without ${gone}`)
      assert.ok(decision.reasons.length > 0)
    }),
    { numRuns: 400 },
  )
})

test('an allowed question with a needed fact emptied or turned round is denied, and says why', () => {
  // Facts whose emptiness is itself a legitimate answer, and so changes nothing.
  const harmless: Record<string, readonly string[]> = {
    'deployment.approve': ['approvedBy', 'proposedBy'],
    // These two only ever open what would be refused.
    'footage.view': ['consented', 'exception'],
    'footage.live': ['consented', 'exception'],
    'deployment.propose': ['technologies'],
    'sound.decide': ['approvedBy'],
  }
  fc.assert(
    fc.property(fc.nat(guarded.length - 1), fc.nat(), (index, pick) => {
      const { pack, question, file } = guarded[index]!
      const facts = Object.entries(question.context).filter(
        ([key, value]) =>
          !harmless[question.action]?.includes(key) && !(key === 'colleague' && value === true),
      )
      if (facts.length === 0) return
      const [key, value] = facts[pick % facts.length]!
      const empty =
        typeof value === 'string'
          ? ''
          : typeof value === 'number'
            ? 0
            : typeof value === 'boolean'
              ? !value
              : []
      const decision = decide(pack, changed(question, { ...question.context, [key]: empty }))
      // A pack without the gate doesn't ask for the fact: then nothing permitted it before either.
      assert.equal(decision.allowed, false, `${file} with ${key} emptied`)
      for (const reason of decision.reasons) assert.notEqual(reason.message, '')
    }),
    { numRuns: 400 },
  )
})

const staffed = guarded.filter((c) => !c.question.principal.administrator)

test('a reason of spaces, or of signs that nobody can see, is no reason', () => {
  let asked = 0
  for (const { pack, question, file } of guarded) {
    for (const name of ['reason', 'necessity', 'recipientName', 'caseReference']) {
      if (typeof (question.context as Record<string, unknown>)[name] !== 'string') continue
      for (const nothing of [' ', '\t\n', '\u00a0', '\u200b \u2060']) {
        asked += 1
        const decision = decide(pack, changed(question, { ...question.context, [name]: nothing }))
        assert.equal(decision.allowed, false, `${file} with ${name} blank`)
      }
    }
  }
  assert.ok(asked > 100, `only ${asked} asked`)
})

test('a person without roles, or with roles of nobody, is denied', () => {
  fc.assert(
    fc.property(
      fc.nat(staffed.length - 1),
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
      (index, roles) => {
        const { pack, question } = staffed[index]!
        const known = new Set(pack.values.roles.map((r) => r.code))
        const stranger = {
          id: 'person-stranger',
          roles: roles.filter((r) => !known.has(r)),
          administrator: false,
        }
        assert.equal(decide(pack, changed(question, question.context, stranger)).allowed, false)
      },
    ),
    { numRuns: 200 },
  )
})

test('an administrator without a role never sees, keeps or hands over a picture', () => {
  for (const { pack, question, file } of guarded.filter((c) =>
    /^(footage|exhibit|disclosure|reference)\./.test(c.question.action),
  )) {
    const administrator = { id: 'person-administrator', roles: [], administrator: true }
    assert.equal(decide(pack, changed(question, question.context, administrator)).allowed, false, file)
  }
})

test('somebody let in from outside does nothing but put cameras in, in whatever role', () => {
  const asked = new Set<string>()
  for (const { pack, question, file } of guarded) {
    const { action, principal } = question
    if (open.includes(action) || outsideActions.includes(action)) continue
    asked.add(action)
    const decision = decide(pack, changed(question, question.context, { ...principal, outside: true }))
    assert.deepEqual(decision, { allowed: false, reasons: [fromOutside] }, file)
  }
  for (const action of ['footage.view', 'footage.live', 'exhibit.make']) assert.ok(asked.has(action), action)
})

test('facts that are of the wrong kind, unknown or nonsense are denied and never thrown', () => {
  fc.assert(
    fc.property(
      fc.nat(1),
      fc.constantFrom(...actions, 'footage.steal'),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (index, action, context) => {
        const pack = packs[index]!
        const question = {
          principal: { id: 'p', roles: ['asb-manager', 'operator'], administrator: false },
          action,
          resource: { type: 'Camera', id: 'c' },
          context,
        } as unknown as Question
        const decision = decide(pack, question)
        const free = open.includes(action)
        const plain = [
          'deployment.view',
          'footage.timeline',
          'exhibit.view',
          'disclosure.view',
          'ledger.read',
          'training.manage',
          'register.edit',
          'register.view',
          'adjustment.keep',
        ]
        if (!free && !(plain.includes(action) && Object.keys(context).length === 0))
          assert.equal(decision.allowed, false)
      },
    ),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(fc.anything(), (question) => {
      assert.equal(decide(derby, question as Question).allowed, false)
    }),
  )
  assert.equal(decide(derby, undefined as unknown as Question).allowed, false)
})

test('a pack whose rules could not be laid denies everything, and still lets anybody stop a camera', () => {
  for (const engineName of ['', 'never-laid']) {
    const broken: Pack = { ...derby, engineName }
    const stop = allowed.find((c) => c.pack === derby && c.question.action === 'deployment.stop')!
    assert.equal(decide(broken, stop.question).allowed, true)
    for (const { question } of guarded.filter((c) => c.pack === derby)) {
      const decision = decide(broken, question)
      assert.equal(decision.allowed, false)
      assert.equal(decision.reasons[0]?.code, 'facts-incomplete')
    }
  }
})

test('two packs in one process never answer for each other', () => {
  const view = allowed.find((c) => c.pack === derby && c.file.endsWith('/view.json'))!
  assert.equal(decide(derby, view.question).allowed, true)
  assert.equal(decide(progress, view.question).allowed, false)
  assert.equal(decide(derby, view.question).allowed, true)
})

test('a role counts only at its own provider and within its areas', () => {
  const held = [
    { provider: 'derby-homes', role: 'asb-manager', areas: [] },
    { provider: 'derby-homes', role: 'housing-officer', areas: ['north'] },
    { provider: 'progress', role: 'operator', areas: [] },
  ]
  assert.deepEqual(rolesAt(held, 'derby-homes', 'north'), ['asb-manager', 'housing-officer'])
  assert.deepEqual(rolesAt(held, 'derby-homes', 'south'), ['asb-manager'])
  assert.deepEqual(rolesAt(held, 'derby-homes', null), ['asb-manager'])
  assert.deepEqual(rolesAt(held, 'whg', 'north'), [])
})

test('what a menu offers is told by role, with the roles that would do', () => {
  const nobody = { roles: [], administrator: false }
  assert.equal(able(derby, nobody, 'deployment.stop').allowed, true)
  const refused = able(derby, { roles: ['housing-officer'], administrator: false }, 'footage.view')
  assert.equal(refused.allowed, false)
  assert.match(refused.reasons[0]!.message, /Anti-Social Behaviour Manager, Crime Prevention Team/)
  assert.equal(
    able(progress, { roles: ['system-manager'], administrator: true }, 'deployment.approve').allowed,
    false,
  )
  assert.match(able(progress, nobody, 'deployment.approve').reasons[0]!.message, /gives nobody the right/)
})
