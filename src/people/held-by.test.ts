/**
 * Goal: a role that nobody can use shows as held by nobody. Method: real accounts on a real database, our clock moved past
 * each end; what is said of a role is compared with what signing in would give.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { rightsOf, rolesHeld } from './people.ts'
import { type House, openHouse, startMs, testRules } from './test-house.ts'

const dayMs = 86_400_000
const slug = 'derby-homes'
const grant = (role: string, areas: readonly string[] = [], untilMs: number | null = null) => ({
  provider: slug,
  role,
  areas,
  untilMs,
})

let house: House
before(async () => {
  house = await openHouse({}, { ...testRules, graceDays: 3650 })
})
after(() => house?.close())

test('a role is held by those who would have it when they sign in, as far as it reaches, and by nobody else', async () => {
  const people = new Map<string, string>()
  const hire = async (name: string, ...roles: ReturnType<typeof grant>[]) => {
    people.set(name, await house.makePerson(name, { roles }))
  }
  await hire('whole', grant('asb-manager'))
  await hire('north', grant('asb-manager', ['North']), grant('area-colleague', ['North']))
  await hire('brief', grant('housing-officer', [], startMs + 3 * dayMs))
  await hire('nowhere', grant('area-colleague'))
  await hire('lonely', grant('line-manager'))
  await hire('left', grant('asb-manager'))
  await house.db
    .owner`update people.person set active = false, deactivated_at = now() where id = ${people.get('left')!}`
  const check = async (atMs: number): Promise<Record<string, string[]>> => {
    house.clock.set(atMs)
    const said = await rolesHeld(house.parts, slug, atMs)
    const true_: string[] = []
    for (const [name, id] of people)
      for (const one of (await rightsOf(house.parts, id))?.roles ?? [])
        true_.push(`${name} ${one.role} ${one.areas}`)
    const nameOf = (id: string) => [...people].find((one) => one[1] === id)![0]
    assert.deepEqual(
      said.map((one) => `${nameOf(one.personId)} ${one.role} ${one.areas}`).toSorted(),
      true_.toSorted(),
    )
    return Object.fromEntries(
      [...Map.groupBy(said, ({ role }) => role)].map(([role, held]) => [
        role,
        held.map(({ personId }) => nameOf(personId)).toSorted(),
      ]),
    )
  }
  assert.deepEqual(await check(startMs), {
    'asb-manager': ['north', 'whole'],
    'area-colleague': ['north'],
    'housing-officer': ['brief'],
  })
  assert.equal((await check(startMs + 3 * dayMs))['housing-officer'], undefined, 'its last day is over')
  assert.equal(
    (await check(startMs + 400 * dayMs))['asb-manager'],
    undefined,
    'the policy lets it be given for twelve months and no longer',
  )
})
