/** Goal: whoever lives beside any place of a large landlord can say so. Method: more places than a choice holds. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse, testRules } from './test-house.ts'

const slug = 'derby-homes'
const places = Array.from({ length: 450 }, (_, n) => ({
  id: `01a30000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  name: n === 449 ? 'Yew Row' : `Court ${n}`,
  provider: slug,
}))

let house: House
before(async () => {
  house = await openHouse(
    {
      places: {
        // As the register does it: two hundred at most.
        sites: async (_person, text) =>
          places.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase())).slice(0, 200),
        patches: async () => [],
        caseBy: async () => null,
      },
    },
    { ...testRules, graceDays: 3650 },
  )
})
after(() => house?.close())

test('a conflict with any of hundreds of places is declared by its name, and with none that nobody meant', async () => {
  const near = await house.makePerson('near', {
    roles: [{ provider: slug, role: 'housing-officer', areas: [] }],
  })
  const browser = await house.signedIn('near')
  assert.match((await browser.get('/conflicts')).body, /Its name, as the register has it/)
  const declare = async (site: string) =>
    (await browser.post('/conflicts', { kind: 'site', site, why: 'I live there' })).statusCode
  assert.equal(await declare('Elm Row'), 422, 'no such place')
  assert.equal(await declare('Court'), 422, 'hundreds fit')
  assert.equal(await declare('yew row'), 303)
  assert.equal(await declare('Court 31'), 303, 'its whole name, though others begin so')
  assert.equal(await declare(places[5]!.id), 303)
  const rows = await house.db.owner<{ label: string }[]>`
    select label from people.conflict where person_id = ${near} order by label`
  assert.deepEqual(
    rows.map(({ label }) => label),
    ['Court 31', 'Court 5', 'Yew Row'],
  )
})

test('declarations are read by nobody who reaches a part of the landlord alone', async () => {
  const officer = (areas: readonly string[]) => ({
    roles: [{ provider: slug, role: 'data-protection-officer', areas }],
  })
  await house.makePerson('part', officer(['North']))
  await house.makePerson('whole', officer([]))
  const seen = async (name: string) => (await (await house.signedIn(name)).get('/conflicts')).body
  assert.doesNotMatch(await seen('part'), /I live there/)
  assert.match(await seen('whole'), /I live there/)
})
