/** Gates follow from facts, and differ where the packs differ. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { allMet, checkPack, type Gate, type GateFacts, gates, type Pack } from './policy.ts'

const load = (at: string): Pack =>
  checkPack(fileURLToPath(new URL(`../../policies/${at}`, import.meta.url))).pack!
const derby = load('derby-homes/2025-06-11')
const progress = load('progress/2025-01-01')

/** A home camera of Derby with everything done. */
const home: GateFacts = {
  deploymentType: 'home-temporary',
  today: '2026-11-22',
  proposedBy: 'officer',
  purposes: ['asb'],
  reason: 'Threats at the door',
  alternatives: 'Diary sheets, a talk with the neighbour',
  noOtherMeans: true,
  dpia: {
    id: 'd',
    version: 1,
    author: 'officer',
    acceptedBy: 'dpo',
    reviewDay: '2027-11-20',
    reopened: false,
  },
  approvals: [{ role: 'asb-manager', by: 'asb', withdrawn: false }],
  agreement: { day: '2026-11-21', withdrawn: false },
  signs: [{ id: 's', version: 1, place: 'at-camera', photo: true, missing: false }],
  checklist: { by: 'installer', qualified: true, answered: derby.values.siteChecklist.map((c) => c.code) },
  reference: { id: 'r', accepted: true },
  dates: { from: '2026-11-22', until: '2026-12-19', removal: '2026-12-21', review: '2026-12-15' },
  recorder: { enrolled: true, cameraAnswers: true },
}
const hallway: GateFacts = {
  ...home,
  deploymentType: 'communal-temporary',
  noOtherMeans: null,
  agreement: null,
  approvals: [
    { role: 'asb-manager', by: 'asb', withdrawn: false },
    { role: 'area-housing-services-manager', by: 'area', withdrawn: false },
  ],
}
const site: GateFacts = {
  ...home,
  deploymentType: 'communal-permanent',
  purposes: ['crime-asb'],
  noOtherMeans: null,
  agreement: null,
  approvals: [],
  signs: [
    { id: 's1', version: 1, place: 'entry', photo: true, missing: false },
    { id: 's2', version: 1, place: 'near-camera', photo: true, missing: false },
  ],
  checklist: { by: 'installer', qualified: true, answered: progress.values.siteChecklist.map((c) => c.code) },
  dates: { from: '2026-11-22', until: null, removal: null, review: '2027-11-22' },
}

const named = (list: readonly Gate[], code: string): Gate => {
  const gate = list.find((g) => g.code === code)
  assert.ok(gate, `no gate ${code} among ${list.map((g) => g.code).join(', ')}`)
  return gate
}

test('when everything is there, every gate is met', () => {
  for (const [pack, facts] of [
    [derby, home],
    [derby, hallway],
    [progress, site],
  ] as const) {
    const list = gates(pack, facts)
    assert.deepEqual(
      list.filter((g) => g.state !== 'met'),
      [],
    )
    assert.equal(allMet(list), true)
  }
})

test('a home has one approval, a shared area two, and Progress none', () => {
  const codes = (pack: Pack, facts: GateFacts) => gates(pack, facts).map((g) => g.code)
  assert.deepEqual(
    codes(derby, home).filter((c) => c.startsWith('approval')),
    ['approval:asb-manager'],
  )
  assert.deepEqual(
    codes(derby, hallway).filter((c) => c.startsWith('approval')),
    ['approval:asb-manager', 'approval:area-housing-services-manager'],
  )
  assert.deepEqual(
    codes(progress, site).filter((c) => c.startsWith('approval')),
    [],
  )
  assert.ok(codes(derby, home).includes('resident-agreement'))
  assert.ok(!codes(derby, hallway).includes('resident-agreement'))
})

test('a met gate turns when its fact is taken away', () => {
  const without: readonly (readonly [string, Partial<GateFacts>])[] = [
    ['purpose', { purposes: [] }],
    ['purpose', { reason: '' }],
    ['purpose', { purposes: ['made-up'] }],
    ['alternatives', { alternatives: '' }],
    ['alternatives', { noOtherMeans: null }],
    ['alternatives', { noOtherMeans: false }],
    ['dpia', { dpia: null }],
    ['dpia', { dpia: { ...home.dpia!, acceptedBy: null } }],
    ['dpia', { dpia: { ...home.dpia!, acceptedBy: 'officer' } }],
    ['dpia', { dpia: { ...home.dpia!, reopened: true } }],
    ['dpia', { today: '2027-11-20' }],
    ['approval:asb-manager', { approvals: [] }],
    ['approval:asb-manager', { approvals: [{ role: 'asb-manager', by: 'asb', withdrawn: true }] }],
    ['approval:asb-manager', { approvals: [{ role: 'asb-manager', by: 'officer', withdrawn: false }] }],
    [
      'approval:asb-manager',
      { approvals: [{ role: 'area-housing-services-manager', by: 'asb', withdrawn: false }] },
    ],
    ['resident-agreement', { agreement: null }],
    ['resident-agreement', { agreement: { day: '2026-11-21', withdrawn: true } }],
    ['signs', { signs: [] }],
    ['signs', { signs: [{ ...home.signs[0]!, photo: false }] }],
    ['signs', { signs: [{ ...home.signs[0]!, missing: true }] }],
    ['site-checklist', { checklist: null }],
    ['site-checklist', { checklist: { ...home.checklist!, qualified: false } }],
    ['site-checklist', { checklist: { ...home.checklist!, answered: home.checklist!.answered.slice(1) } }],
    ['reference-picture', { reference: null }],
    ['reference-picture', { reference: { id: 'r', accepted: false } }],
    ['dates', { dates: null }],
    ['dates', { dates: { ...home.dates!, until: null } }],
    ['dates', { dates: { ...home.dates!, removal: null } }],
    ['dates', { today: '2026-12-20' }],
    ['recorder', { recorder: null }],
    ['recorder', { recorder: { enrolled: true, cameraAnswers: false } }],
  ]
  for (const [code, change] of without) {
    const list = gates(derby, { ...home, ...change })
    assert.notEqual(named(list, code).state, 'met', `${code} with ${JSON.stringify(change)}`)
    assert.equal(allMet(list), false)
    assert.ok(named(list, code).who.length > 0, `${code}: nobody's turn`)
  }
})

test('recorder and camera wait for those who can connect them, under every pack', () => {
  for (const pack of [derby, progress])
    for (const type of pack.values.deploymentTypes) {
      const list = gates(pack, { ...home, deploymentType: type.code, recorder: null })
      for (const role of named(list, 'recorder').who)
        assert.ok(pack.values.abilities[role]?.includes('deployment.install'), `${pack.provider}: ${role}`)
    }
})

test('28 days are 28, counted with the first and the last', () => {
  const until = (day: string) =>
    named(gates(derby, { ...home, dates: { ...home.dates!, until: day, removal: '2026-12-31' } }), 'dates')
  assert.equal(until('2026-12-19').state, 'met')
  assert.equal(until('2026-12-20').state, 'open')
  assert.equal(until('2026-12-20').clause, 'derby-4.2.1-h')
})

test('a shared area of Derby has no 28 days, and must have a day of removal that the dates keep to', () => {
  const dates = (d: Partial<NonNullable<GateFacts['dates']>>) =>
    named(gates(derby, { ...hallway, dates: { ...hallway.dates!, ...d } }), 'dates')
  assert.equal(dates({ until: '2027-02-20', removal: '2027-02-21' }).state, 'met')
  assert.equal(dates({ removal: null }).state, 'open')
  assert.equal(dates({ until: '2027-03-01', removal: '2027-02-21' }).state, 'open')
  assert.equal(dates({}).clause, 'derby-4.3.3-c')
  assert.equal(named(gates(derby, hallway), 'signs').silent, true)
  assert.equal(named(gates(derby, home), 'signs').clause, 'derby-4.2.1-g')
})

test('one person with both roles gives one approval, not two', () => {
  const list = gates(derby, {
    ...hallway,
    approvals: [
      { role: 'asb-manager', by: 'both', withdrawn: false },
      { role: 'area-housing-services-manager', by: 'both', withdrawn: false },
    ],
  })
  assert.equal(allMet(list), false)
})

test('an approval waits for purpose, alternatives and assessment, and says which', () => {
  const gate = named(
    gates(derby, { ...home, approvals: [], dpia: null, alternatives: '' }),
    'approval:asb-manager',
  )
  assert.equal(gate.state, 'blocked')
  assert.match(gate.why, /less intrusive means, data protection impact assessment/)
})

test('whatever the facts, an unknown type never opens, and a silent gate says why', () => {
  assert.equal(allMet(gates(derby, { ...home, deploymentType: 'office' })), false)
  fc.assert(
    fc.property(fc.constantFrom(home, hallway), fc.boolean(), (facts, hasDpia) => {
      for (const gate of gates(derby, hasDpia ? facts : { ...facts, dpia: null })) {
        assert.equal(gate.silent, gate.clause === null)
        assert.equal(gate.silent, gate.silence !== null)
        assert.notEqual(gate.why, '')
      }
    }),
  )
})
