/** What a camera sees decides whether it may record, where the policy asks; how private property is settled differs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  checkPack,
  type FieldOfViewFacts,
  type GateFacts,
  gates,
  type Pack,
  privateViewRule,
} from './policy.ts'

const load = (at: string): Pack =>
  checkPack(fileURLToPath(new URL(`../../policies/${at}`, import.meta.url))).pack!
const progress = load('progress/2025-01-01')
const whg = load('whg/2025-07-01')
const connexus = load('connexus/2023-11-01')
const derby = load('derby-homes/2025-06-11')
const baseline = load('baseline/2026-11-22')

const clear: FieldOfViewFacts = { drawn: true, stale: false, refused: [], private: [] }
const facts = (pack: Pack, fieldOfView: FieldOfViewFacts | null, checked = true): GateFacts => ({
  deploymentType:
    pack.values.deploymentTypes.find((t) => t.gates.some((g) => g.code === 'field-of-view'))?.code ?? '',
  today: '2026-11-22',
  proposedBy: 'officer',
  purposes: [],
  reason: '',
  alternatives: '',
  noOtherMeans: null,
  dpia: null,
  approvals: [],
  agreement: null,
  signs: [],
  checklist: checked
    ? { by: 'installer', qualified: true, answered: pack.values.siteChecklist.map((c) => c.code) }
    : null,
  fieldOfView,
  reference: null,
  dates: null,
  recorder: null,
})
const gate = (pack: Pack, view: FieldOfViewFacts | null, checked = true) =>
  gates(pack, facts(pack, view, checked)).find((g) => g.code === 'field-of-view')

test('a private room in view blocks it under every policy that asks, whatever was agreed', () => {
  for (const pack of [progress, whg, connexus]) {
    const seen = gate(pack, { ...clear, refused: ['Flat 2 bathroom'] })!
    assert.equal(seen.state, 'blocked')
    assert.match(seen.why, /Flat 2 bathroom, which is a private room/)
  }
})

test('private property needs leave in writing or a mask; where the policy asks for a mask, leave is not enough', () => {
  const seen = (way: 'permission' | 'camera-mask' | null) => ({
    ...clear,
    private: [{ name: 'Garden', way }],
  })
  assert.equal(gate(progress, seen(null))?.state, 'open')
  assert.equal(gate(progress, seen('permission'))?.state, 'met')
  assert.equal(gate(progress, seen('camera-mask'))?.state, 'met')
  assert.equal(gate(whg, seen(null))?.state, 'open')
  assert.equal(gate(whg, seen('permission'))?.state, 'open')
  assert.equal(gate(whg, seen('camera-mask'))?.state, 'met')
  assert.equal(gate(connexus, seen('permission'))?.state, 'met')
  assert.equal(privateViewRule(connexus).silent, true)
  assert.equal(privateViewRule(progress).clause, 'progress-4.2.17-a')
})

test('a camera that was moved since it was drawn is drawn again', () => {
  assert.equal(gate(progress, { ...clear, stale: true })?.state, 'open')
  assert.equal(gate(progress, clear)?.state, 'met')
})

test('without a plan whoever installs it answers for what it sees, on the checklist', () => {
  const undrawn = { ...clear, drawn: false }
  assert.equal(gate(progress, undrawn)?.state, 'met')
  assert.equal(gate(progress, undrawn, false)?.state, 'open')
  assert.equal(gate(progress, null, false)?.state, 'open')
})

test('where a policy is silent on what may be seen, or asks it in general, every placement keeps private rooms out all the same', () => {
  for (const pack of [derby, connexus, baseline])
    for (const { code } of pack.values.deploymentTypes) {
      const at = (view: Partial<FieldOfViewFacts>) =>
        gates(pack, { ...facts(pack, { ...clear, ...view }), deploymentType: code }).find(
          (g) => g.code === 'field-of-view',
        )
      assert.equal(at({ refused: ['Bedroom'] })?.state, 'blocked', `${pack.provider} ${code}`)
      assert.equal(
        at({ private: [{ name: 'Garden', way: null }] })?.state,
        'open',
        `${pack.provider} ${code}`,
      )
      assert.equal(at({})?.state, 'met', `${pack.provider} ${code}`)
    }
  const gate = derby.values.deploymentTypes[0]!.gates.find((g) => g.code === 'field-of-view')!
  assert.equal(gate.clause, null, 'Derby Homes’ document does not ask for it, and nobody says that it does')
})
