/**
 * How long does the policy take to answer? `npm run bench -- decide [--asks 60000]`
 * 3,000 cameras in 60 areas, 200 people with roles that reach some of them, every pack on disk. What is asked are the
 * packs' own cases, allowed and refused, put for random people and cameras: whoever asks may hold the roles of the case
 * or none that reach here, so that answers of every kind come up. Each answer that the case knows is checked. Measured is what
 * a page asks: the roles that reach the place, then the decision with all its reasons. The reference writes and reads
 * the same questions as JSON, a hundred times each.
 */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Case, decide, type Pack, type Question, readCases, rolesAt } from '#policy/policy.ts'
import { readPacks } from '#providers/providers.ts'

const cameraCount = 3_000
const personCount = 200
const areaCount = 60
const warmUp = 5_000

type Held = { readonly provider: string; readonly role: string; readonly areas: readonly string[] }
type Ask = {
  readonly pack: Pack
  readonly one: Case
  readonly person: string
  readonly held: readonly Held[]
  readonly camera: string
  readonly area: string
  /** Set where the case says what must come out for exactly these roles. */
  readonly asWritten: boolean
}

export async function run(args: string[]): Promise<object> {
  const { values } = parseArgs({ args, options: { asks: { type: 'string', default: '60000' } } })
  const count = Number(values.asks)
  const packs = readPacks(resolve(import.meta.dirname, '../policies'))
  const asks = makeAsks(packs, count + warmUp)
  const times = new Float64Array(count)
  const found = { allowed: 0, refused: 0, reasons: 0 }
  let began = performance.now()
  for (const [index, ask] of asks.entries()) {
    if (index === warmUp) began = performance.now()
    const before = performance.now()
    const decision = decide(ask.pack, questionOf(ask))
    if (index < warmUp) continue
    times[index - warmUp] = performance.now() - before
    if (ask.asWritten) assert.equal(decision.allowed, ask.one.refused === null, ask.one.file)
    if (decision.allowed) found.allowed++
    else {
      assert.ok(decision.reasons.length > 0, 'a refusal has a reason')
      found.refused++
      found.reasons += decision.reasons.length
    }
  }
  const seconds = (performance.now() - began) / 1000
  times.sort()
  const at = (share: number, of = times): number => round(of[Math.floor(of.length * share)]!)
  const json = reference(asks.slice(0, 2_000))
  return {
    bench: 'decide',
    per_second: Math.round(count / seconds),
    p99_ms: at(0.99),
    p50_ms: at(0.5),
    ...found,
    packs: packs.length,
    json_100_times_p99_ms: at(0.99, json),
    ratio: round(at(0.99) / at(0.99, json)),
  }
}

/** A person's roles at this place, then the case's own facts about this camera. */
function questionOf({ pack, one, person, held, camera, area }: Ask): Question {
  const { principal, resource } = one.question
  return {
    ...one.question,
    principal: {
      ...principal,
      id: one.refused === null || principal.id === '' ? person : principal.id,
      roles: rolesAt(held, pack.provider, area),
    },
    resource: { ...resource, id: camera },
  } as Question
}

/** The same numbers each time: what is measured doesn't change from run to run. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    // Mulberry32: enough to mix, and written in four lines.
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

function makeAsks(packs: readonly Pack[], count: number): Ask[] {
  const roll = dice(1)
  const cameras = Array.from({ length: cameraCount }, (_, n) => ({
    id: `camera-${n}`,
    area: `area-${roll(areaCount)}`,
  }))
  const people = Array.from({ length: personCount }, (_, n) => ({
    id: `person-${n}`,
    areas: roll(4) === 0 ? [] : Array.from({ length: 3 }, () => `area-${roll(areaCount)}`),
  }))
  const cases = packs.map((pack) => ({ pack, all: readCases(pack.folder).cases }))
  return Array.from({ length: count }, (): Ask => {
    const { pack, all } = cases[roll(cases.length)]!
    const one = all[roll(all.length)]!
    const camera = cameras[roll(cameras.length)]!
    const person = people[roll(people.length)]!
    // Nine of ten ask where their roles reach; the tenth has the roles elsewhere, so that nothing is left of them here.
    const reaches = roll(10) > 0
    const areas = reaches && person.areas.length > 0 ? [camera.area, ...person.areas] : person.areas
    const held = one.question.principal.roles.map((role) => ({ provider: pack.provider, role, areas }))
    const asWritten = areas.length === 0 || areas.includes(camera.area)
    return { pack, one, person: person.id, held, camera: camera.id, area: camera.area, asWritten }
  })
}

/** How fast the machine is just now: a question written as JSON and read again, a hundred times. */
function reference(asks: readonly Ask[]): Float64Array<ArrayBuffer> {
  const times = new Float64Array(asks.length)
  for (const [index, ask] of asks.entries()) {
    const question = questionOf(ask)
    const before = performance.now()
    for (let round = 0; round < 100; round++) JSON.parse(JSON.stringify(question))
    times[index] = performance.now() - before
  }
  return times.sort()
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000
