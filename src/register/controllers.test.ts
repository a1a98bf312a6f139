/**
 * Goal: each system says who decides over it and who handles its pictures; papers that are not in force show and are
 * chased; what somebody else controls is asked nothing. Method: the register's rows over HTTP, on two real packs.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/base.ts'
import { tasksAbout } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import { insertCamera } from './camera-store.ts'
import { chaseAll } from './chase.ts'
import { shareGroup } from './reach.ts'
import { insertSite } from './site-store.ts'
import { insertSystem } from './system-store.ts'
import { noon, person, type TestRegister, testRegister } from './test-register.ts'

const people = new Map<string, Person>([
  ['maya', person('progress', 'system-manager')],
  ['kofi', person('progress', 'operator')],
  ['nell', person('progress', 'system-manager', ['north'])],
  ['amir', person('derby-homes', 'asb-manager')],
])

let land: TestRegister
let systemId: string
let supplierId: string
let derbySupplier: string

before(async () => {
  land = await testRegister(people)
  systemId = await inTransaction(land.db.sql, async (tx) => {
    const by = people.get('maya')!.id
    const siteId = await insertSite(tx, {
      provider: 'progress',
      name: 'Larkhill House',
      address: ['Station Road'],
      kind: 'communal',
      area: 'south',
      timeZone: 'Europe/London',
      by,
      nowMs: noon,
    })
    const id = await insertSystem(tx, {
      provider: 'progress',
      siteId,
      name: 'Car park cameras',
      purposes: ['crime-asb'],
      managerId: null,
      by,
      nowMs: noon,
    })
    await insertCamera(tx, {
      provider: 'progress',
      systemId: id,
      label: 'Gate',
      position: 'On the lamp post',
      model: 'Watchful 9',
      by,
      nowMs: noon,
    })
    return id
  })
  supplierId = await firm('maya', 'Brightlens Ltd')
  derbySupplier = await firm('amir', 'Farlens Ltd')
})
after(() => land?.close())

// biome-ignore lint/suspicious/noExplicitAny: answers differ per path; the test knows the shape
type Json = any
const get = async (name: string, path: string, status = 200): Promise<Json> => {
  const given = await land.get(name, path)
  assert.equal(given.status, status, `${name} GET ${path}: ${given.text.slice(0, 300)}`)
  return status === 200 ? given.json() : given.text
}
const post = async (name: string, path: string, body: object, status = 200): Promise<Json> => {
  const given = await land.post(name, path, body)
  assert.equal(given.status, status, `${name} POST ${path}: ${given.text.slice(0, 400)}`)
  return given.json()
}
const firm = async (name: string, called: string, processor = 'yes'): Promise<string> =>
  (await post(name, '/suppliers/new', { name: called, does: ['keeping'], processor }, 201)).id
const shown = () => get('maya', `/systems/${systemId}`)
const codes = async (): Promise<string[]> => (await shown()).lacks.map((lack: { code: string }) => lack.code)
const change = async (body: object, status = 200, name = 'maya') =>
  post(name, `/systems/${systemId}/controller`, { version: (await shown()).version, ...body }, status)
const task = async () =>
  (await tasksAbout(land.db.sql, { system: systemId })).find((one) => one.kind === 'register.system')

describe('a processor', () => {
  test('without contract or signed terms shows as lacking and is a task until both are in force', async () => {
    const given = { processorId: supplierId, does: 'Keeps the footage' }
    await post('maya', `/systems/${systemId}/processors`, given)
    assert.deepEqual(
      (await shown()).processors.map((one: Json) => [one.name, one.does, one.lacks.length]),
      [['Brightlens Ltd', 'Keeps the footage', 2]],
    )
    assert.ok((await codes()).includes('processor-contract'))
    assert.match((await task())!.title, /for Brightlens Ltd: a contract in force/)
    await post('maya', `/suppliers/${supplierId}/edit`, {
      version: 1,
      name: 'Brightlens Ltd',
      does: ['keeping'],
      processor: 'yes',
      contractFrom: '2026-01-01',
      contractUntil: '2026-12-31',
    })
    assert.deepEqual(
      (await codes()).filter((code) => code.startsWith('processor')),
      ['processor-processor-terms'],
    )
    await post('maya', `/suppliers/${supplierId}/proofs`, { code: 'processor-terms', reference: 'DPA 4' })
    assert.equal(
      (await codes()).some((code) => code.startsWith('processor')),
      false,
    )
    assert.doesNotMatch((await task())!.title, /Brightlens/, 'papers put right the task at once')
    land.clock.set(Date.parse('2027-01-01T12:00:00Z'))
    assert.ok((await codes()).includes('processor-contract'), 'a contract that ran out counts no more')
    await chaseAll({ sql: land.db.sql, packs: land.packs, clock: land.clock, log: silentLog })
    assert.match((await task())!.title, /Brightlens/)
    land.clock.set(noon)
  })

  test('is a supplier of the same landlord that handles pictures, and named once', async () => {
    const does = 'Keeps the footage'
    const path = `/systems/${systemId}/processors`
    await post('maya', path, { processorId: supplierId, does }, 422)
    await post('maya', path, { processorId: derbySupplier, does }, 422)
    await post('maya', path, { processorId: await firm('maya', 'Ladders Ltd', 'no'), does }, 422)
    await post('maya', path, { processorId: await firm('maya', 'Cloudlens Ltd'), does: '' }, 422)
    await post('kofi', path, { processorId: supplierId, does }, 403)
    await post('nell', path, { processorId: supplierId, does }, 404)
    await post('amir', path, { processorId: derbySupplier, does }, 404)
    await post('amir', `${path}/${supplierId}/end`, {}, 404)
    assert.equal((await shown()).processors.length, 1)
  })

  test('that no longer handles pictures of a system is gone from it, and its history tells', async () => {
    land.clock.advance(1_000)
    await post('maya', `/systems/${systemId}/processors/${supplierId}/end`, {})
    assert.deepEqual((await shown()).processors, [])
    const { changes } = await get('kofi', `/register/changes/system/${systemId}`)
    assert.deepEqual(
      changes.filter((one: Json) => one.field === 'Processor').map((one: Json) => [one.was, one.became]),
      [
        ['Brightlens Ltd: Keeps the footage', null],
        [null, 'Brightlens Ltd: Keeps the footage'],
      ],
    )
  })
})

describe('a controller', () => {
  test('is the landlord until somebody else is named with a way to reach it; then nothing is asked of the system', async () => {
    const reading = async () =>
      (await tasksAbout(land.db.sql, { system: systemId })).filter((one) => one.kind === 'register.procedure')
        .length
    await post('maya', `/systems/${systemId}/manager`, { managerId: people.get('maya')!.id })
    const procedure = { title: 'Procedure', duties: 'Duties.', link: 'https://library.example/p' }
    await post('maya', `/systems/${systemId}/procedure`, procedure)
    assert.equal(await reading(), 1)
    const first = await shown()
    assert.equal(first.controller.kind, 'own')
    assert.equal(first.controller.name, land.packs.find('progress')!.name)
    assert.ok(first.lacks.length > 0 && (await task()) !== undefined)
    await change({ kind: 'outside', body: 'Town Council', contact: 'Town Hall, 01234 567890' })
    const now = await shown()
    assert.equal(now.controller.name, 'Town Council')
    assert.equal(now.controlledElsewhere, true)
    assert.deepEqual(now.lacks, [])
    assert.equal(await task(), undefined)
    assert.equal(await reading(), 0, 'and nobody is asked to read its procedure')
    assert.ok(
      (await get('maya', '/systems')).some((one: Json) => one.id === systemId),
      'it stays on record',
    )
    const { changes } = await get('maya', `/register/changes/system/${systemId}`)
    const told = changes.find((one: Json) => one.field === 'Controller')
    assert.deepEqual([told.was, told.became], [first.controller.name, 'Town Council'])
  })

  test('that works as our processor under contract and terms leaves the policy in force; without them it does not', async () => {
    const body = { kind: 'outside', body: 'Brightlens Ltd', contact: '1 High Street' }
    await change({ ...body, supplierId })
    assert.equal((await shown()).controlledElsewhere, false)
    assert.ok((await codes()).includes('operators'))
    land.clock.set(Date.parse('2027-01-01T12:00:00Z'))
    assert.equal((await shown()).controlledElsewhere, true, 'the contract is over')
    land.clock.set(noon)
    await change(body)
    assert.equal((await shown()).controlledElsewhere, true)
  })

  test('is another landlord here or a body with a contact; anything else is refused and changes nothing', async () => {
    const before = (await shown()).controller
    await change({ kind: 'outside', body: 'Town Council' }, 422)
    await change({ kind: 'outside', contact: 'Town Hall' }, 422)
    await change({ kind: 'landlord', landlord: 'nobody' }, 422)
    await change({ kind: 'landlord', landlord: 'progress' }, 422)
    await change({ kind: 'outside', body: 'X', contact: 'Y', supplierId: derbySupplier }, 422)
    await change({ kind: 'nonsense' }, 422)
    assert.match(JSON.stringify(await change({ version: 1, kind: 'own' }, 422)), /Controller: Brightlens Ltd/)
    await post('kofi', `/systems/${systemId}/controller`, { version: 1, kind: 'own' }, 403)
    await get('kofi', `/systems/${systemId}/controller`, 403)
    for (const name of ['nell', 'amir']) {
      await post(name, `/systems/${systemId}/controller`, { version: 1, kind: 'own' }, 404)
      await get(name, `/systems/${systemId}/controller`, 404)
    }
    assert.deepEqual((await shown()).controller, before)
  })

  test('is named in the privacy notice, with whom it decides jointly', async () => {
    const notice = async () => (await fetch(`${land.url}/privacy/progress`)).text()
    assert.match(
      await notice(),
      /For some cameras: Brightlens Ltd is the controller\. To reach it: 1 High Street/,
    )
    await change({ kind: 'landlord', landlord: 'derby-homes' })
    assert.equal((await shown()).controlledElsewhere, true)
    await change({ kind: 'own', joint: 'the Town Council' })
    assert.equal((await shown()).controlledElsewhere, false)
    assert.match(await notice(), /is the controller, jointly with the Town Council\./)
    await change({ kind: 'own' })
    assert.doesNotMatch(await notice(), /For some cameras/)
  })

  test('of the same group leaves the group’s policy in force', () => {
    const packs = {
      find: (slug: string) => ({ group: slug === 'head' || slug === 'far' ? null : 'head' }) as never,
    }
    assert.equal(shareGroup(packs, 'head', 'east'), true)
    assert.equal(shareGroup(packs, 'west', 'east'), true)
    assert.equal(shareGroup(packs, 'far', 'east'), false)
  })
})

test('a system keeps fewer days than the policy allows, never more, and the change is told', async () => {
  const { name, purposes } = await shown()
  const edit = async (retentionDays: unknown, status = 200) =>
    post(
      'maya',
      `/systems/${systemId}/edit`,
      { version: (await shown()).version, name, purposes, retentionDays },
      status,
    )
  const refused = await edit(32, 422)
  assert.match(JSON.stringify(refused), /31 days at most/)
  await edit(0, 422)
  await edit('a week', 422)
  assert.equal((await shown()).retentionDays, null)
  await edit(7)
  assert.deepEqual([(await shown()).retentionDays, (await shown()).retentionFrom], [7, '2026-11-22'])
  await edit('')
  assert.equal((await shown()).retentionFrom, null)
})
