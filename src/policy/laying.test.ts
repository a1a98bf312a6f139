/**
 * What a landlord decides where its policy is silent is carried out as if the document had said it. Method: the packs of
 * this repository, each decision laid into one that is silent on it; every effect has the case that it refuses.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { layings } from './laying.ts'
import {
  able,
  checkPack,
  decide,
  mustDecide,
  type Pack,
  type PointValue,
  type Question,
  readCases,
  settings,
  withDecisions,
  writtenPoints,
} from './policy.ts'
import { trainingMistakes } from './training.ts'

const policies = join(import.meta.dirname, '..', '..', 'policies')
const packs = readdirSync(policies).map((slug): Pack => {
  const { pack, mistakes } = checkPack(join(policies, slug, readdirSync(join(policies, slug)).sort().at(-1)!))
  assert.ok(pack, JSON.stringify(mistakes))
  return pack
})
const packOf = (slug: string) => packs.find((pack) => pack.provider === slug)!
const laid = (slug: string, key: string, value: PointValue): Pack => {
  const pack = packOf(slug)
  assert.ok(
    mustDecide(pack).some((point) => point.key === key),
    `${slug} is silent on ${key}`,
  )
  return withDecisions(pack, [{ key, value }])
}
const asked = (pack: Pack, action: string, role: string, context: object, qualifications: string[] = []) =>
  decide(pack, {
    principal: { id: 'p1', roles: [role], administrator: false, qualifications },
    action,
    resource: { type: 'Deployment', id: 'd1' },
    context,
  } as unknown as Question)

test('each point that a landlord must decide is carried out somewhere, or says that it waits and for what', () => {
  const src = join(import.meta.dirname, '..')
  const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/test/.test(file) && !/policy\/(points|laying)/.test(file))
    .map((file) => readFileSync(join(src, file), 'utf8'))
    .filter((text) => text.includes('pointValue('))
    .join('\n')
  for (const { key, silence } of writtenPoints) {
    if (silence.uses !== null) continue
    const carried = layings[key] !== undefined || code.includes(`'${key}'`)
    assert.equal(carried, silence.waitsFor === undefined, key)
    assert.equal(/not (handle|take|make)s? yet|does not .* yet/.test(silence.does), !carried, silence.does)
  }
  for (const key of Object.keys(layings))
    assert.ok(
      writtenPoints.some((point) => point.key === key && point.silence.uses === null),
      key,
    )
})

/** Everything that stands under a clause, wherever it is in the values. */
function underClauses(node: unknown, path = ''): string[] {
  if (typeof node !== 'object' || node === null) return []
  const { clause } = node as { clause?: unknown }
  return [
    ...(typeof clause === 'string' ? [`${path} ${JSON.stringify(node)}`] : []),
    ...Object.entries(node).flatMap(([name, one]) =>
      underClauses(one, Array.isArray(node) ? `${path}[]` : `${path}.${name}`),
    ),
  ]
}

test('whatever is decided, nothing that the document says is changed or lost', () => {
  for (const pack of packs)
    for (const { key, type } of mustDecide(pack)) {
      const answers: PointValue[] =
        type.kind === 'choice' ? [...type.of] : type.kind === 'many' ? [[...type.of]] : ['The board']
      for (const value of answers) {
        const after = new Set(underClauses(withDecisions(pack, [{ key, value }]).values))
        const gone = underClauses(pack.values).filter(
          // A kind of camera gets a gate more, and a hidden one the words that say how surveillance law stands.
          (one) => !after.has(one) && !/^\.(deploymentTypes|technologiesRefused)\[\] /.test(one),
        )
        assert.deepEqual(gone, [], `${pack.provider} ${key} ${value}`)
      }
    }
})

test('whatever is decided, the values stay sound, and nothing is said in the name of a clause', () => {
  for (const pack of packs)
    for (const { key, type } of mustDecide(pack)) {
      const answers: PointValue[] =
        type.kind === 'choice'
          ? [...type.of]
          : type.kind === 'many'
            ? [[...type.of], ...type.of.map((one) => [one])]
            : type.kind === 'words'
              ? ['The board']
              : []
      for (const value of answers) {
        const made = withDecisions(pack, [{ key, value }])
        assert.deepEqual(trainingMistakes(made.values.training, made.values.abilities), [], `${key} ${value}`)
        const before = new Set(settings(pack).map((one) => `${one.label} ${one.words} ${one.clause}`))
        for (const one of settings(made))
          if (!before.has(`${one.label} ${one.words} ${one.clause}`) && one.label !== 'Refused')
            assert.equal(one.clause, null, `${key}: ${one.label} ${one.words}`)
      }
    }
})

test('places that the landlord named are covered and no others; a document that defines them leaves out the rest', () => {
  const out = (pack: Pack) => pack.values.register.sitesOut.map(({ kind }) => kind).sort()
  assert.deepEqual(out(packOf('baseline')), [])
  assert.deepEqual(out(laid('baseline', 'scope.sites', ['homes'])), ['communal', 'land', 'office', 'other'])
  assert.deepEqual(out(laid('baseline', 'scope.sites', ['communal', 'car-parks'])), [
    'home',
    'office',
    'other',
  ])
  assert.deepEqual(out(laid('baseline', 'scope.sites', ['all-group-sites'])), [])
  const derby = packOf('derby-homes').values.register.sitesOut
  assert.equal(derby.find(({ kind }) => kind === 'office')?.clause, 'derby-3.2-a')
  assert.equal(derby.find(({ kind }) => kind === 'land')?.clause, 'derby-3.1-b')
  // It tells where cameras often hang, which leaves out nothing.
  assert.deepEqual(out(packOf('whg')), [])
  assert.deepEqual(out(packOf('progress')), [])
})

test('what people must hold, once decided, comes before a picture and before a decision', () => {
  const plain = packOf('handcrafted')
  const [looking] = readCases(plain.folder).cases.filter(
    ({ question, refused }) => question.action === 'footage.view' && refused === null,
  )
  const { principal } = looking!.question
  const why = (pack: Pack, held: readonly string[]) =>
    decide(pack, { ...looking!.question, principal: { ...principal, qualifications: held } } as Question)
      .reasons
  const codes = (pack: Pack, held: readonly string[]) => why(pack, held).map(({ code }) => code)
  assert.deepEqual(codes(plain, []), [], 'nothing is asked where nothing was decided')
  const licensed = laid('handcrafted', 'view.qualification', ['licence', 'training'])
  assert.ok(codes(licensed, []).includes('licence-current'))
  assert.ok(codes(licensed, []).includes('training-current'))
  assert.match(
    why(licensed, [])
      .map(({ message }) => message)
      .join(' '),
    /Missing: SIA licence/,
  )
  assert.ok(!codes(licensed, ['decided-licence']).includes('licence-current'))
  assert.ok(codes(licensed, ['decided-licence']).includes('training-current'))
  assert.deepEqual(codes(licensed, ['decided-licence', 'decided-training']), [])
  const { training, abilities } = licensed.values
  assert.equal(training.comesFirst.value, true)
  for (const course of training.courses.filter(({ code }) => code.startsWith('decided-')))
    for (const one of course.for)
      assert.ok(
        abilities[one]!.some((action) => /approve|footage|exhibit/.test(action)),
        one,
      )
})

test('who is trained, once decided, has that training due, each in the way that was named', () => {
  const made = laid('connexus', 'train.audience', ['induction', 'operators', 'deciders'])
  const courses = made.values.training.courses.filter(({ code }) => code.startsWith('decided-'))
  assert.deepEqual(
    courses.map(({ code, way }) => [code, way]),
    [
      ['decided-induction', 'induction'],
      ['decided-operators', 'course'],
      ['decided-deciders', 'course'],
    ],
  )
  assert.deepEqual(courses[0]!.for, [], 'an induction is for everybody')
  assert.ok(courses[1]!.for.length > 0)
  for (const role of courses[1]!.for)
    assert.ok(
      made.values.abilities[role]!.some((one) => /^footage\.(view|live)|exhibit/.test(one)),
      role,
    )
  assert.ok(
    courses.every(({ before }) => before.length === 0),
    'nothing waits for it',
  )
})

test('a consultation that the landlord decided has somebody to hold it and somebody to state its result', () => {
  const derby = packOf('derby-homes')
  const facts = { deploymentType: 'communal-temporary' }
  assert.equal(asked(derby, 'consultation.run', 'housing-officer', facts).reasons[0]?.code, 'not-in-policy')
  const made = laid('derby-homes', 'consult.residents', 'every-shared-camera')
  assert.ok(asked(made, 'consultation.run', 'housing-officer', facts).allowed)
  assert.ok(!asked(made, 'consultation.run', 'crime-prevention-installer', facts).allowed)
  assert.ok(!asked(made, 'consultation.run', 'housing-officer', { deploymentType: 'home-temporary' }).allowed)
  const result = { ...facts, proposedBy: 'p2', closed: true, counted: true, reason: 'Most were for it.' }
  const [decider] = made.values.consultation.resultBy.value
  assert.ok(asked(made, 'consultation.decide', decider!, { ...result, role: decider }).allowed)
  assert.ok(
    !asked(made, 'consultation.decide', decider!, { ...result, role: decider, proposedBy: 'p1' }).allowed,
  )
  assert.ok(
    !asked(made, 'consultation.decide', 'housing-officer', { ...result, role: 'housing-officer' }).allowed,
  )
  const told = laid('derby-homes', 'consult.residents', 'not-asked')
  assert.ok(!able(told, { roles: ['housing-officer'], administrator: false }, 'consultation.run').allowed)
  const payers = laid('progress', 'consult.residents', 'payers-but-new-build')
  assert.ok(payers.values.consultation.exemptions.some(({ code }) => code === 'new-build'))
})

test('what the service charge carries, once decided, is what the consultation says people would pay', () => {
  const basis = (answer: string) =>
    laid('progress', 'consult.service_charge', answer).values.consultation.chargeBasis.value
  assert.equal(basis('none'), 'landlord-pays')
  assert.equal(basis('maintenance'), 'service-charge')
  assert.equal(basis('whole-service'), 'service-charge')
})

test('a hidden camera is refused under every policy, and the refusal says how surveillance law stands there', () => {
  for (const pack of packs) {
    const role = Object.keys(pack.values.abilities).find((one) =>
      pack.values.abilities[one]!.includes('deployment.propose'),
    )!
    const purpose = pack.values.purposes[0]!
    const facts = {
      deploymentType: pack.values.deploymentTypes[0]!.code,
      purposes: [purpose.code],
      lawfulBasis: purpose.lawfulBases[0]!,
      reason: 'Trouble',
      technologies: ['covert'],
    }
    assert.ok(asked(pack, 'deployment.propose', role, { ...facts, technologies: [] }).allowed, pack.provider)
    const refused = (of: Pack) => asked(of, 'deployment.propose', role, facts).reasons
    assert.deepEqual(
      refused(pack).map(({ code }) => code),
      ['propose-technology'],
      pack.provider,
    )
    if (!mustDecide(pack).some(({ key }) => key === 'authorise.ripa')) {
      assert.match(refused(pack)[0]!.message, /RIPA 2000/)
      continue
    }
    assert.doesNotMatch(refused(pack)[0]!.message, /RIPA/)
    const bound = refused(laid(pack.provider, 'authorise.ripa', 'not-bound'))
    assert.match(bound[0]!.message, /does not bind it/)
    assert.equal(bound[0]!.clause, refused(pack)[0]!.clause)
  }
})
