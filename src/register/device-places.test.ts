import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Person } from '#web/web.ts'
import { person, type TestRegister, testRegister } from './test-register.ts'

const people = new Map<string, Person>([
  ['maya', person('progress', 'system-manager')],
  ['north', person('progress', 'system-manager', ['North'])],
])
let land: TestRegister
before(async () => {
  land = await testRegister(people)
})
after(() => land?.close())

test('equipment is put at any of a large landlord’s places, and at none out of reach', async () => {
  const rows = Array.from({ length: 120 }, (_, i) =>
    [`Court ${i}`, `${i} Elm Street`, 'communal', i < 110 ? 'North' : 'South'].join(','),
  )
  const form = new FormData()
  form.set('provider', 'progress')
  form.set('file', new Blob([`Site,Address,Kind of place,Area\n${rows.join('\n')}\n`]), 'places.csv')
  const { id } = (await land.post('maya', '/estate/import', form)).json() as { id: string }
  assert.equal((await land.post('maya', `/estate/imports/${id}/confirm`)).status, 200)
  const offered = async (who: string) => {
    const page = await fetch(`${land.url}/devices/new`, { headers: { cookie: `overt_session=${who}` } })
    return (await page.text()).match(/<option value="[0-9a-f-]{36}"/g)?.length ?? 0
  }
  assert.equal(await offered('maya'), 120)
  assert.equal(await offered('north'), 110)
})
