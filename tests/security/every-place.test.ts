/**
 * Goal: reach, purpose and what somebody has learned and holds decide together who looks, under every pack. Method: the
 * whole hub with a landlord on each pack; each has one camera in the north and one in the south that record under a real
 * mandate; one account for each role is given one reach after another by the administrator, and its training runs out
 * while the clock moves. What must be is worked out from the pack's values here, not asked of the server.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { addDays, civilDay } from '#base/base.ts'
import { TestRecorder } from '#footage/test-rig.ts'
import { type Action, type Pack, transitionRules } from '#policy/policy.ts'
import { packs, told } from './doors.ts'
import { codeOf, type Hired, type Landlords, leading, narrow, openLandlords } from './landlords.ts'
import type { Given } from './visitors.ts'

const zone = 'Europe/London'
let land: Landlords

type Spot = {
  readonly site: string
  readonly camera: string
  readonly deployment: string
  readonly caseId: string
  readonly caseReference: string
}
type Placed = Pick<Spot, 'site' | 'camera' | 'deployment'>
type Home = {
  readonly north: Spot
  readonly south: Spot
  readonly patch: string
}
const homes = new Map<Pack, Home>()
const homeOf = (pack: Pack): Home => homes.get(pack)!
const staffOf = (pack: Pack): Hired[] => land.everybody.filter((one) => one.pack === pack)
const roleOf = (pack: Pack, role: string): Hired => staffOf(pack).find((one) => one.role === role)!

const ok = (given: Given, what: string) => {
  assert.ok(given.status < 300, told(given, what))
  return given.json()
}

/** A list of two cameras that an older system recorded, as its landlord's file. */
function estateOf(pack: Pack): string {
  const purpose = pack.values.purposes.find(({ code }) => code !== 'access')!
  const placement = pack.values.deploymentTypes.find(({ place }) => place === 'communal')!
  const line = (area: string, number: number) =>
    `${area},${area} Court,"1 ${area} Road",communal,${area},Doors,${purpose.code},${area} door,Above the door,${area}-1,Plant room,rtsp://192.0.2.${number}/main,yes,${placement.code},${purpose.lawfulBases[0]},Fly-tipping at the bins,14`
  return `Reference,Site,Address,Kind of place,Area,System,Purposes,Camera,Position,Serial number,Recorder,Stream address,Already running,Placement,Lawful basis,Reason,Days kept\r\n${line('North', 1)}\r\n${line('South', 2)}\r\n`
}

async function moveIn(pack: Pack): Promise<void> {
  const { robin } = land
  const text = estateOf(pack)
  const upload = ok(await robin.post('/api/v1/estate/import', { provider: pack.provider, text }), 'import')
  assert.deepEqual(upload.problems, [], pack.provider)
  ok(await robin.post(`/api/v1/estate/imports/${upload.id}/confirm`), 'confirm')
  const { provider } = pack
  const { id: patch } = ok(await robin.post('/api/v1/patches/new', { provider, name: 'Larch' }), 'patch')
  const spots = await land.hub.sql<(Placed & { area: string })[]>`
    select t.area, t.id as site, c.id as camera, d.id as deployment from register.site t
    join register.system s on s.site_id = t.id join register.camera c on c.system_id = s.id
    join authorisation.deployment d on d.camera_id = c.id where t.provider = ${provider} order by t.area`
  assert.deepEqual(
    spots.map(({ area }) => area),
    ['North', 'South'],
  )
  const [north, south] = spots as unknown as [Placed, Placed]
  await land.hub.sql`update register.site set patch_id = ${patch} where id = ${north.site}`
  const opener = staffOf(pack).find(({ role }) => !bound(pack, role))!
  const caseAt = async (place: string) => {
    const given = { kind: 'other', title: `Noise at ${place}`, place }
    const made = ok(await opener.post('/api/v1/cases/new', given), 'case') as {
      id: string
      reference: string
    }
    return { caseId: made.id, caseReference: made.reference }
  }
  homes.set(pack, {
    north: { ...north, ...(await caseAt('North Court')) },
    south: { ...south, ...(await caseAt('South Court')) },
    patch,
  })
}

before(async () => {
  land = await openLandlords()
  const { hub, robin } = land
  const { token } = ok(await robin.post('/api/v1/recorders', { name: 'Plant room' }), 'recorder')
  const recorder = await TestRecorder.enrol(token, () => hub.url, hub.nowMs, crypto.randomUUID())
  for (const pack of packs) await moveIn(pack)
  await recorder.link()
  for (const pack of packs) {
    const { north, south } = homeOf(pack)
    const decision = {
      deployments: [north.deployment, south.deployment],
      reason: 'It deters while the assessment is written.',
      untilDay: addDays(civilDay(hub.nowMs(), zone), 30),
    }
    const decider = roleOf(pack, transitionRules(pack).decider.value)
    ok(await decider.post('/api/v1/transitions', decision), `${decider.name} lets them go on`)
  }
  const mandates = async () =>
    (await hub.sql`select 1 from authorisation.mandate where class = 'transitional'`).length
  const wanted = packs.length * 2
  for (let n = 0; n < 600 && (await mandates()) < wanted; n += 1) await delay(100)
  assert.equal(await mandates(), wanted, 'every camera has its mandate')
})
after(() => land?.close())

/** How far a role may be given, and which of the two cameras lies within. */
type Reach = { readonly areas: string; readonly patches: readonly string[]; readonly holds: readonly Where[] }
type Where = 'north' | 'south'
const both: readonly Where[] = ['north', 'south']
const reachesOf = ({ patch }: Home): Readonly<Record<string, Reach>> => ({
  everywhere: { areas: '', patches: [], holds: both },
  'the area in the north': { areas: 'North', patches: [], holds: ['north'] },
  'the patch in the north': { areas: '', patches: [patch], holds: ['north'] },
  'the area in the south': { areas: 'South', patches: [], holds: ['south'] },
  'an area without cameras': { areas: 'West', patches: [], holds: [] },
})

const able = (pack: Pack, role: string, action: Action): boolean =>
  pack.values.abilities[role]!.includes(action)
/** A policy that gives a role for an area, or for the areas of those who report to it, gives it nowhere else. */
const bound = (pack: Pack, role: string): boolean => [...narrow(pack), ...leading(pack)].includes(role)

/** The administrator gives these people of a landlord this reach; who leads has it by those who report to them. */
async function giveReach(pack: Pack, people: readonly Hired[], { areas, patches }: Reach): Promise<void> {
  const manager = staffOf(pack).find(({ role }) => leading(pack).includes(role))?.id ?? ''
  for (const { id, role } of people.filter((one) => !leading(pack).includes(one.role))) {
    const change = { name: `The ${role}`, roles: [`${pack.provider}:${role}`], areas, patches, manager }
    const done = await land.robin.post(`/api/v1/accounts/${id}`, change)
    const refused = areas === '' && patches.length === 0 && narrow(pack).includes(role)
    assert.equal(done.status, refused ? 422 : 200, told(done, `${pack.provider} ${role}: ${areas}`))
  }
}

/** Asks as each of these people of a landlord, with each reach that its policy can give their role. */
async function withEveryReach(
  pack: Pack,
  people: readonly Hired[],
  ask: (one: Hired, reach: Reach, words: string) => Promise<void>,
): Promise<void> {
  for (const [name, reach] of Object.entries(reachesOf(homeOf(pack)))) {
    await giveReach(pack, people, reach)
    const staff = people.filter(({ role }) => name !== 'everywhere' || !bound(pack, role))
    await Promise.all(staff.map((one) => ask(one, reach, `${pack.provider} ${one.role}, ${name}`)))
  }
}

describe('what somebody finds', () => {
  const things: readonly (readonly [action: Action, path: (spot: Spot) => string])[] = [
    ['register.view', ({ camera }) => `/api/v1/cameras/${camera}`],
    ['register.view', ({ site }) => `/sites/${site}`],
    ['deployment.view', ({ deployment }) => `/api/v1/deployments/${deployment}`],
    ['task.view', ({ caseId }) => `/api/v1/cases/${caseId}`],
    ['footage.timeline', ({ camera }) => `/api/v1/cameras/${camera}/timeline`],
  ]
  const lists: readonly (readonly [action: Action, path: string, id: keyof Spot])[] = [
    ['register.view', '/api/v1/cameras', 'camera'],
    ['register.view', '/api/v1/sites', 'site'],
    ['register.view', '/sites/map', 'site'],
    ['deployment.view', '/api/v1/deployments', 'deployment'],
    ['deployment.view', '/api/v1/transitions', 'deployment'],
    ['ledger.read', '/api/v1/ledger?kind=camera.added', 'camera'],
    ['ledger.read', '/api/v1/ledger?kind=case.opened', 'caseId'],
    ['task.view', '/api/v1/cases', 'caseId'],
    ['task.view', '/api/v1/cases?text=Court', 'caseReference'],
  ]
  for (const pack of packs)
    test(`lies within their reach and their role's abilities: ${codeOf(pack)}`, async () => {
      const home = homeOf(pack)
      const count = { found: 0, hidden: 0, refused: 0 }
      await withEveryReach(pack, staffOf(pack), async (one, { holds }, words) => {
        for (const where of both)
          for (const [action, path] of things) {
            const given = await one.get(path(home[where]))
            const kind = !able(pack, one.role, action)
              ? 'refused'
              : holds.includes(where)
                ? 'found'
                : 'hidden'
            const status = { found: 200, hidden: 404, refused: 403 }[kind]
            assert.equal(given.status, status, told(given, `${words}: ${action} in the ${where}`))
            count[kind] += 1
          }
        for (const [action, path, id] of lists.filter(([needed]) => able(pack, one.role, needed))) {
          const given = await one.get(path)
          const seen = both.filter((where) => given.text().includes(home[where][id]))
          assert.deepEqual(seen, holds, told(given, `${words}: ${action} lists ${path}`))
        }
        const work = (await one.get('/api/v1/')).text()
        const mine = both.filter((where) => work.includes(home[where].deployment))
        for (const where of mine) assert.ok(holds.includes(where), `${words}: work in the ${where}`)
        // Who puts cameras in is told what each that was taken over still lacks.
        if (able(pack, one.role, 'deployment.install')) assert.deepEqual(mine, holds, `${words}: ${work}`)
        if (able(pack, one.role, 'register.edit')) {
          const given = await one.get(`/api/v1/estate/export/${pack.provider}?format=json`)
          const seen = both.filter((where) => given.text().toLowerCase().includes(`${where} court`))
          assert.deepEqual(seen, holds, told(given, `${words}: takes the estate out`))
        }
      })
      assert.ok(count.found > 20 && count.hidden > 20 && count.refused > 10, JSON.stringify(count))
    })
})

/** What a pack asks before an action, and whom the records are kept by. */
const needs = (pack: Pack, action: Action) =>
  (['licences', 'courses'] as const).flatMap((list) =>
    pack.values.training[list]
      .filter(({ before: gates }) => gates.some((gate) => gate.action === action))
      .map((one) => ({ list, code: one.code, months: 'months' in one ? one.months.value : null })),
  )
const looks = { recorded: 'footage.view', live: 'footage.live' } as const
type Kind = keyof typeof looks
const kinds: readonly Kind[] = ['recorded', 'live']
const lookers = (pack: Pack): Hired[] =>
  staffOf(pack).filter(({ role }) => kinds.some((kind) => able(pack, role, looks[kind])))
/** Records of training and licences made for the lookers. */
const records: { readonly pack: Pack; readonly id: string; readonly runsOut: boolean }[] = []
const keeperOf = (pack: Pack): Hired =>
  staffOf(pack).find(
    ({ role }) =>
      able(pack, role, 'training.manage') && !bound(pack, role) && !able(pack, role, 'footage.view'),
  )!

/** Everything that the pack asks before looking is done, with an end in the next days where it has one. */
async function learn(pack: Pack): Promise<void> {
  const today = civilDay(land.hub.nowMs(), zone)
  const keeper = keeperOf(pack)
  const asked = new Map(kinds.flatMap((kind) => needs(pack, looks[kind])).map((need) => [need.code, need]))
  for (const one of lookers(pack))
    for (const { list, code, months } of asked.values()) {
      const begun = Temporal.PlainDate.from(today).subtract({ months: months ?? 0 })
      const doneOn = months === null ? today : begun.add({ days: 2 }).toString()
      const common = { provider: pack.provider, code, givenBy: 'Northbridge Training' }
      const given =
        list === 'courses'
          ? await keeper.post(`/api/v1/training/people/${one.id}`, { ...common, doneOn })
          : await keeper.post(`/api/v1/training/people/${one.id}/licence`, {
              ...common,
              number: '1016-0000-0000',
              doneOn: addDays(today, -30),
              lastDay: addDays(today, 1),
            })
      const { id } = ok(given, `${keeper.name} records ${code} for ${one.name}`) as { id: string }
      records.push({ pack, id, runsOut: list === 'licences' || months !== null })
    }
}

/** What has an end is past it now; what has none is taken back. */
async function runOut(): Promise<void> {
  await land.hub.leap(5 * 86_400_000)
  for (const { pack, id } of records.filter(({ runsOut }) => !runsOut))
    ok(await keeperOf(pack).post(`/api/v1/training/records/${id}/end`, { why: 'A mistake.' }), 'taken back')
}

/** All purposes of the policy, those it forbids, and one that no policy has. */
const purposesOf = ({ values }: Pack): readonly string[] => [
  ...values.viewing.purposes.map(({ code }) => code),
  ...values.viewing.forbiddenPurposes.map(({ code }) => code),
  'curiosity',
]

/** The policy's list of purposes, and what two documents say beyond it of who looks for what. */
function mayBeFor(pack: Pack, role: string, kind: Kind, purpose: string): boolean {
  if (!pack.values.viewing.purposes.some(({ code }) => code === purpose)) return false
  // Connexus 3.8: the Enforcement Team gathers evidence.
  if (pack.provider === 'connexus' && role === 'enforcement-officer') return purpose === 'evidence'
  // Progress 4.3.1: live pictures keep people safe; recorded ones are fetched after something happened.
  if (pack.provider === 'progress') return (purpose === 'safety') === (kind === 'live')
  return true
}

type Count = { opened: number; purpose: number; licence: number; training: number; hidden: number }
type Trouble = { readonly errors?: readonly { readonly message: string }[] }

/** Every look that could be asked for, by everybody who might: opened, refused for what is missing, or no such camera. */
async function lookEverywhere(pack: Pack, inDate: boolean): Promise<Count> {
  const home = homeOf(pack)
  const count: Count = { opened: 0, purpose: 0, licence: 0, training: 0, hidden: 0 }
  await withEveryReach(pack, lookers(pack), async (one, { holds }, reach) => {
    for (const where of both)
      for (const kind of kinds) {
        const seen = able(pack, one.role, looks[kind]) && holds.includes(where)
        for (const purpose of seen ? purposesOf(pack) : purposesOf(pack).slice(0, 1)) {
          const given = await one.post('/api/v1/viewings', asked(home, where, kind, purpose))
          const what = told(given, `${reach}: ${kind} in the ${where} for ${purpose}`)
          if (!seen) {
            assert.equal(given.status, 404, what)
            count.hidden += 1
            continue
          }
          const need = inDate ? [] : needs(pack, looks[kind])
          const wrong = [
            ...(mayBeFor(pack, one.role, kind, purpose) ? [] : ['purpose' as const]),
            ...(need.some(({ list }) => list === 'licences') ? ['licence' as const] : []),
            ...(need.some(({ list }) => list === 'courses') ? ['training' as const] : []),
          ]
          assert.equal(given.status, wrong.length > 0 ? 403 : 201, what)
          assert.deepEqual(new Set(saidIn(given)), new Set(wrong), what)
          for (const name of wrong.length > 0 ? wrong : (['opened'] as const)) count[name] += 1
        }
      }
  })
  return count
}

/** What a refusal says is wrong: licence and training by name; the rest of the looking is in order but for its purpose. */
const saidIn = (given: Given): ('licence' | 'training' | 'purpose')[] =>
  ((given.json() as Trouble).errors ?? []).map(({ message }) =>
    message.startsWith('Before this, your licence must be recorded and in date')
      ? 'licence'
      : message.startsWith('Before this, your training must be recorded and in date')
        ? 'training'
        : 'purpose',
  )

function asked(home: Home, where: Where, kind: Kind, purpose: string) {
  const minute = (ms: number) => {
    const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
    return { day: at.toPlainDate().toString(), time: at.toPlainTime().toString().slice(0, 5) }
  }
  const [from, to] = [-60_000, 60_000].map((ms) => minute(land.hub.nowMs() + ms))
  return {
    kind,
    cameras: [home[where].camera],
    fromDay: from!.day,
    fromTime: from!.time,
    toDay: to!.day,
    toTime: to!.time,
    purpose,
    reason: 'Shouting at the door was reported.',
    caseReference: home[where].caseReference,
  }
}

describe('who looks', () => {
  for (const [state, change] of [
    ['never recorded', async () => undefined],
    ['in date', () => Promise.all(packs.map(learn))],
    ['run out or taken back', runOut],
  ] as const)
    describe(`where training and licences are ${state}`, () => {
      before(change)
      for (const pack of packs)
        test(`${codeOf(pack)}: by role, reach and purpose, and by what it gates on alone`, async (t) => {
          const inDate = state === 'in date'
          const count = await lookEverywhere(pack, inDate)
          t.diagnostic(JSON.stringify(count))
          const gated = (list: string) =>
            !inDate && kinds.some((kind) => needs(pack, looks[kind]).some((need) => need.list === list))
          assert.equal(count.licence > 0, gated('licences'))
          assert.equal(count.training > 0, gated('courses'))
          assert.ok(count.hidden > 0 && count.purpose > 0)
          if (inDate) assert.ok(count.opened > 0)
        })
    })
})
