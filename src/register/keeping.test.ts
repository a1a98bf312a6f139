/**
 * Goal: the register keeps what it promises: people named and asked, equipment followed, suppliers held to their papers,
 * nothing shown beyond a role's reach. Method: its real rows over HTTP with bearer tokens, on two real packs.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/base.ts'
import { tasksAbout, tasksFor } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import { insertCamera } from './camera-store.ts'
import { chaseAll } from './chase.ts'
import { outOfScope } from './lacks.ts'
import { reaches, withinReach } from './reach.ts'
import { find } from './search.ts'
import { insertSite } from './site-store.ts'
import { insertSystem } from './system-store.ts'
import { noon, person, type TestRegister, testRegister } from './test-register.ts'
import { visitWindowOf } from './visit-store.ts'

const dayMs = 86_400_000
const people = new Map<string, Person>([
  // Keeps Progress's register; Kofi operates, Ruth comes from a supplier.
  ['maya', person('progress', 'system-manager')],
  ['kofi', person('progress', 'operator')],
  ['ruth', person('progress', 'installer')],
  ['nell', person('progress', 'system-manager', ['north'])],
  ['amir', person('derby-homes', 'asb-manager')],
])
const id = (name: string): string => people.get(name)!.id

let land: TestRegister
let systemId: string
let siteId: string
let cameraId: string
let derbySite: string

before(async () => {
  land = await testRegister(people)
  await inTransaction(land.db.sql, async (tx) => {
    const by = id('maya')
    const site = (provider: string, name: string, area: string | null) =>
      insertSite(tx, {
        provider,
        name,
        address: [`${name}, Station Road`],
        kind: 'communal',
        area,
        timeZone: 'Europe/London',
        by,
        nowMs: noon,
      })
    siteId = await site('progress', 'Larkhill House', 'south')
    derbySite = await site('derby-homes', 'Larkspur Court', null)
    systemId = await insertSystem(tx, {
      provider: 'progress',
      siteId,
      name: 'Car park cameras',
      purposes: ['crime-asb'],
      managerId: null,
      by,
      nowMs: noon,
    })
    cameraId = await insertCamera(tx, {
      provider: 'progress',
      systemId,
      label: 'Gate',
      position: 'On the lamp post',
      model: 'Watchful 9',
      serial: 'WF-778123',
      by,
      nowMs: noon,
    })
  })
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
const lacksOf = async (): Promise<string[]> =>
  (await get('maya', `/systems/${systemId}`)).lacks.map((lack: { code: string }) => lack.code)
const chase = () => chaseAll({ sql: land.db.sql, packs: land.packs, clock: land.clock, log: silentLog })

describe('a system', () => {
  test('lacks what the policy asks until somebody is named, and it is a task until then', async () => {
    assert.deepEqual(
      (await lacksOf()).filter((code) => ['manager', 'operators', 'procedure'].includes(code)),
      ['manager', 'operators', 'procedure'],
    )
    await chase()
    const [task] = await tasksAbout(land.db.sql, { system: systemId })
    assert.match(task!.title, /^A system lacks a named manager, named operators, a procedure/)
    assert.equal(task!.clause, 'progress-4.2.5-a')
    await post('maya', `/systems/${systemId}/manager`, { managerId: id('maya') })
    await post('maya', `/systems/${systemId}/operators`, { operatorId: id('kofi') })
    assert.deepEqual((await lacksOf()).includes('manager'), false)
    assert.deepEqual((await lacksOf()).includes('operators'), false)
  })

  test('takes nobody as manager or operator who does not work for its landlord, or twice', async () => {
    await post('maya', `/systems/${systemId}/manager`, { managerId: id('amir') }, 422)
    await post('maya', `/systems/${systemId}/operators`, { operatorId: id('amir') }, 422)
    await post('maya', `/systems/${systemId}/operators`, { operatorId: id('kofi') }, 422)
    await post('kofi', `/systems/${systemId}/operators`, { operatorId: id('ruth') }, 403)
  })

  test('asks its manager and operators to say that they know the procedure, again for each version', async () => {
    const paper = (text: string) => {
      const form = new FormData()
      form.set('title', 'Running the car park cameras')
      form.set('duties', 'The manager answers for it. Operators look only with a reason.')
      form.set('file', new Blob([`%PDF-1.7 ${text}`]), '../../etc/pass wd.pdf')
      return form
    }
    await post('maya', `/systems/${systemId}/procedure`, paper('one'))
    const waiting = async (name: string) =>
      (await tasksFor(land.db.sql, people.get(name)!)).filter((task) => task.kind === 'register.procedure')
        .length
    assert.equal(await waiting('kofi'), 1)
    assert.equal(await waiting('maya'), 1)
    const { procedure } = await get('kofi', `/systems/${systemId}`)
    assert.equal(procedure.fileName, 'pass wd.pdf')
    const document = await land.get('kofi', `/procedures/${procedure.id}/document`)
    assert.equal(document.status, 404, 'the document is a page’s, not the API’s')
    await post('kofi', `/procedures/${procedure.id}/acknowledge`, {}, 422)
    await post('kofi', `/procedures/${procedure.id}/acknowledge`, { read: 'yes' })
    await post('kofi', `/procedures/${procedure.id}/acknowledge`, { read: 'yes' })
    assert.equal(await waiting('kofi'), 0)
    assert.ok((await lacksOf()).includes('acknowledgement'))
    await post('maya', `/procedures/${procedure.id}/acknowledge`, { read: 'yes' })
    assert.equal((await lacksOf()).includes('acknowledgement'), false)
    await post('ruth', `/procedures/${procedure.id}/acknowledge`, { read: 'yes' }, 403)

    await post('maya', `/systems/${systemId}/procedure`, paper('two'))
    assert.equal(await waiting('kofi'), 1)
    await post('kofi', `/procedures/${procedure.id}/acknowledge`, { read: 'yes' }, 422)
    await post('maya', `/systems/${systemId}/operators/${id('kofi')}/end`, {})
    assert.equal(await waiting('kofi'), 0, 'who no longer operates it is no longer asked')
    land.clock.advance(1_000)
    await post('maya', `/systems/${systemId}/operators`, { operatorId: id('kofi') })
    await assert.rejects(land.db.sql`delete from register.acknowledgement`, /permission denied/)
    await assert.rejects(land.db.sql`update register.procedure set title = 'x'`, /permission denied/)
  })

  test('takes a procedure as a document or an address, never both, neither or a script', async () => {
    const given = { title: 'Procedure', duties: 'Duties.' }
    await post('maya', `/systems/${systemId}/procedure`, given, 422)
    await post('maya', `/systems/${systemId}/procedure`, { ...given, link: 'javascript:alert(1)' }, 422)
    await post('maya', `/systems/${systemId}/procedure`, { ...given, link: '//evil.example/x' }, 422)
    const both = new FormData()
    for (const [name, value] of Object.entries({ ...given, link: 'https://library.example/p' }))
      both.set(name, value)
    both.set('file', new Blob(['%PDF-1.7']), 'a.pdf')
    await post('maya', `/systems/${systemId}/procedure`, both, 422)
    const odd = new FormData()
    for (const [name, value] of Object.entries(given)) odd.set(name, value)
    odd.set('file', new Blob(['<html>']), 'a.pdf')
    assert.ok([415, 422].includes((await land.post('maya', `/systems/${systemId}/procedure`, odd)).status))
  })

  test('answers security questions with evidence; what fails or grows old is shown and chased', async () => {
    await post('maya', `/systems/${systemId}/security`, { 'answer-locked': 'met' }, 422)
    await post(
      'maya',
      `/systems/${systemId}/security`,
      { 'answer-nonsense': 'met', 'evidence-nonsense': 'x' },
      422,
    )
    await post('maya', `/systems/${systemId}/security`, {
      'answer-locked': 'met',
      'evidence-locked': 'Cabinet in the office; Maya holds the key.',
      'answer-remote': 'not-met',
      'evidence-remote': 'The router still forwards port 554.',
    })
    const line = async (code: string) =>
      (await get('maya', `/systems/${systemId}`)).security.find((one: { code: string }) => one.code === code)
    assert.equal((await line('locked')).state, 'met')
    assert.equal((await line('locked')).clause, 'progress-4.2.15-a')
    assert.equal((await line('remote')).state, 'not-met')
    assert.ok((await lacksOf()).includes('security-failed'))
    land.clock.set(noon + 400 * dayMs)
    assert.equal((await line('locked')).state, 'old')
    land.clock.set(noon)
  })
})

describe('a camera’s view', () => {
  const said = {
    version: 0,
    level: 'recognise',
    mustSee: 'Faces of people at the gate.',
    byDay: 'met',
    byNight: 'met',
    evidence: 'Walk test with Kofi at noon and at nine.',
    checkedDay: '2026-11-22',
  }
  test('must show what is written down, with a day and how it was seen', async () => {
    await post('maya', `/cameras/${cameraId}/view`, { ...said, checkedDay: '' }, 422)
    await post('maya', `/cameras/${cameraId}/view`, { ...said, evidence: '' }, 422)
    await post('maya', `/cameras/${cameraId}/view`, { ...said, checkedDay: '2026-11-23' }, 422)
    await post('kofi', `/cameras/${cameraId}/view`, said, 403)
    await post('maya', `/cameras/${cameraId}/view`, said)
    assert.equal((await get('maya', `/cameras/${cameraId}/view`)).state, 'met')
    assert.equal((await lacksOf()).includes('views'), false)
  })

  test('fails by too few pixels, at night, by age, and when the camera was moved', async () => {
    const state = async () => (await get('maya', `/cameras/${cameraId}/view`)).state
    await post('maya', `/cameras/${cameraId}/view`, { ...said, version: 1, pixelsPerMetre: 124 })
    assert.equal(await state(), 'not-met')
    await post('maya', `/cameras/${cameraId}/view`, { ...said, version: 2, pixelsPerMetre: 125 })
    assert.equal(await state(), 'met')
    await post('maya', `/cameras/${cameraId}/view`, { ...said, version: 3, byNight: 'not-met' })
    assert.equal(await state(), 'not-met')
    assert.ok((await lacksOf()).includes('views'))
    await post('maya', `/cameras/${cameraId}/view`, { ...said, version: 4 })
    land.clock.set(Date.parse('2027-11-23T12:00:00Z'))
    assert.equal(await state(), 'old')
    land.clock.set(noon)
    await post('maya', `/cameras/${cameraId}/edit`, {
      version: 1,
      label: 'Gate',
      position: 'On the wall',
      model: 'Watchful 9',
      serial: 'WF-778123',
    })
    assert.equal(await state(), 'moved')
  })
})

describe('a change', () => {
  test('is told field by field, with who and when', async () => {
    const { changes } = await get('kofi', `/register/changes/camera/${cameraId}`)
    const moved = changes.find((change: Json) => change.field === 'Where it hangs and what it looks at')
    assert.deepEqual([moved.was, moved.became, moved.by], ['On the lamp post', 'On the wall', id('maya')])
    await assert.rejects(land.db.sql`update register.change set became = 'x'`, /permission denied/)
  })

  test('never gives a system with cameras a purpose that nobody asked for or assessed; it can lose one', async () => {
    const [row] = await land.db.sql<{ version: number }[]>`
      select version from register.system where id = ${systemId}`
    const change = { ...row, name: 'Car park cameras', purposes: ['crime-asb', 'discipline'] }
    const refused = await post('maya', `/systems/${systemId}/edit`, change, 422)
    assert.match(JSON.stringify(refused), /disciplinary steps.*progress-4\.2\.2-c/)
    assert.deepEqual((await get('maya', `/systems/${systemId}`)).purposes, ['crime-asb'])
    await post('maya', `/systems/${systemId}/edit`, { ...change, purposes: ['crime-asb'] })
  })

  test('of what somebody else changed is refused and says what it says now', async () => {
    const change = (text: object) => ({
      version: 1,
      name: 'Larkhill House',
      address: '1 Station Road',
      kind: 'communal',
      area: 'south',
      ...text,
    })
    await post('maya', `/sites/${siteId}/edit`, change({ name: 'Larkhill Tower' }))
    const refused = await post('maya', `/sites/${siteId}/edit`, change({ name: 'Larkhill Lodge' }), 422)
    assert.match(JSON.stringify(refused), /Somebody else changed this.*Name of the place: Larkhill Tower/)
    assert.equal((await get('maya', `/sites/${siteId}`)).name, 'Larkhill Tower')
    await post('maya', `/sites/${siteId}/edit`, change({ version: 2, name: 'Larkhill House' }))
  })
})

describe('equipment', () => {
  let kit: string
  const version = async () => (await get('maya', `/devices/${kit}`)).version
  const move = async (body: object, status = 200) => {
    land.clock.advance(1_000)
    return post('maya', `/devices/${kit}/move`, { version: await version(), ...body }, status)
  }

  test('is in the register once, and of no kind that the policy refuses', async () => {
    const device = {
      kind: 'camera',
      name: 'Dome 4',
      make: 'Axiom',
      serial: 'AX-1',
      owner: 'landlord',
      redeployable: 'yes',
    }
    kit = (await post('maya', '/devices/new', device, 201)).id
    await post('maya', '/devices/new', { ...device, make: 'axiom', serial: 'ax-1' }, 422)
    const refused = await post('maya', '/devices/new', { ...device, kind: 'body-worn', serial: 'BW-1' }, 422)
    assert.match(JSON.stringify(refused), /progress-2.7-c/)
    await post('kofi', '/devices/new', device, 403)
    await post('maya', '/devices/new', { ...device, serial: 'AX-2', siteId: derbySite }, 422)
  })

  test('that has been out goes to nobody else before it is wiped', async () => {
    await move({ move: 'issue', holderId: id('amir') }, 422)
    await move({ move: 'issue', holderId: id('kofi') })
    assert.equal((await get('kofi', '/devices')).length >= 1, true)
    await move({ move: 'wipe' }, 422)
    await move({ move: 'return', place: 'Shelf 2' })
    await chase()
    assert.equal(
      (await tasksAbout(land.db.sql, { device: kit })).filter((t) => t.kind === 'register.wipe').length,
      1,
    )
    for (const bad of [
      { move: 'issue', holderId: id('ruth') },
      { move: 'install', siteId },
      { move: 'retire' },
    ])
      assert.match(JSON.stringify(await move(bad, 422)), /[Ww]ipe/)
    await move({ move: 'wipe', note: 'Card overwritten' })
    assert.equal((await tasksAbout(land.db.sql, { device: kit })).length, 0)
    await move({ move: 'install', siteId, place: 'Stair head' })
    const { steps, status } = await get('maya', `/devices/${kit}`)
    assert.equal(status, 'installed')
    assert.deepEqual(
      steps.map((step: Json) => step.what),
      ['installed', 'wiped', 'returned', 'issued', 'added'],
    )
    await post('maya', `/devices/${kit}/move`, { version: 1, move: 'return' }, 422)
  })

  test('of one’s own is declared where the policy lets staff use it, and again when its time is over', async () => {
    const given = { name: 'Dash cam in my Fiesta', provider: 'progress', keeps: 'yes' }
    await post('kofi', '/devices/declare', { ...given, keeps: '' }, 422)
    const own = (await post('kofi', '/devices/declare', given, 201)).id
    assert.equal((await get('kofi', `/devices/${own}`)).declaredUntil, '2027-11-22')
    land.clock.set(noon + 366 * dayMs)
    await chase()
    const due = async () =>
      (await tasksFor(land.db.sql, people.get('kofi')!)).filter((task) => task.kind === 'register.declare')
        .length
    assert.equal(await due(), 1)
    assert.equal((await post('kofi', '/devices/declare', given, 201)).id, own)
    assert.equal(await due(), 0)
    land.clock.set(noon)
    assert.match(
      JSON.stringify(await post('amir', '/devices/declare', { ...given, provider: 'derby-homes' }, 422)),
      /may not be used/,
    )
    await post('amir', `/devices/${own}/withdraw`, {}, 404)
    await post('kofi', `/devices/${own}/withdraw`, {})
  })
})

describe('a supplier', () => {
  let supplier: string
  const visit = { engineer: 'Pat Doe', purpose: 'New lens', day: '2026-11-22', from: '13:00', until: '15:00' }
  const plan = (change: object = {}, status = 201) =>
    post(
      'maya',
      '/visits/new',
      { ...visit, siteId, supplierId: supplier, supervisorId: id('maya'), ...change },
      status,
    )

  test('lacks what it has not shown, and nobody of theirs comes without contract and signed terms', async () => {
    supplier = (
      await post(
        'maya',
        '/suppliers/new',
        { name: 'Brightlens Ltd', does: ['mending'], processor: 'yes' },
        201,
      )
    ).id
    const first = await get('maya', `/suppliers/${supplier}`)
    assert.ok(first.lacks.some((lack: Json) => lack.code === 'contract'))
    assert.match(JSON.stringify(await plan({}, 422)), /No contract.*progress-3.5-c/)
    await post('maya', `/suppliers/${supplier}/edit`, {
      version: 1,
      name: 'Brightlens Ltd',
      does: ['mending'],
      processor: 'yes',
      contractFrom: '2026-01-01',
      contractUntil: '2026-12-31',
    })
    assert.match(JSON.stringify(await plan({}, 422)), /Signed terms/)
    await post('maya', `/suppliers/${supplier}/proofs`, { code: 'processor-terms', reference: 'DPA 2026/4' })
    await post(
      'maya',
      `/suppliers/${supplier}/proofs`,
      { code: 'insurance', reference: 'Old', validUntil: '2026-11-21' },
      422,
    )
    await post('maya', `/suppliers/${supplier}/proofs`, { code: 'nonsense', reference: 'X' }, 422)
    await post('maya', `/suppliers/${supplier}/proofs`, {
      code: 'insurance',
      reference: 'P-1',
      validUntil: '2026-12-01',
    })
    const [task] = await tasksAbout(land.db.sql, { supplier })
    assert.match(task!.title, /A supplier lacks/)
    assert.equal(
      (await get('maya', `/suppliers/${supplier}`)).proofs.find((p: Json) => p.code === 'insurance').state,
      'soon',
    )
    await plan({ day: '2027-01-01' }, 422)
  })

  test('is audited, and late when the next audit’s day has passed', async () => {
    const audit = {
      auditDay: '2026-11-20',
      outcome: 'passed',
      found: 'All papers seen.',
      nextDay: '2027-05-20',
    }
    await post('maya', `/suppliers/${supplier}/audits`, { ...audit, auditDay: '2026-11-23' }, 422)
    await post('maya', `/suppliers/${supplier}/audits`, { ...audit, nextDay: '2026-11-20' }, 422)
    await post('maya', `/suppliers/${supplier}/audits`, audit)
    const late = async () =>
      (await get('maya', `/suppliers/${supplier}`)).lacks.some((lack: Json) => lack.code === 'audit')
    assert.equal(await late(), false)
    land.clock.set(Date.parse('2027-05-21T12:00:00Z'))
    assert.equal(await late(), true)
    land.clock.set(noon)
  })

  test('sends an engineer who is let in only when known, in time, and says what they touched', async () => {
    await plan({ until: '12:00' }, 422)
    await plan({ supervisorId: id('amir') }, 422)
    await plan({ siteId: derbySite }, 404)
    const { id: planned } = await plan({ supervisorId: id('ruth') })
    await land.db.sql`update register.visit set account_id = ${id('kofi')} where id = ${planned}`
    const window = (at: number) => visitWindowOf(land.db.sql, id('kofi'), at)
    const oneOclock = Date.parse('2026-11-22T13:00:00Z')
    assert.equal(await window(oneOclock), null, 'planned is not arrived')
    await post('ruth', `/visits/${planned}/arrive`, { identity: 'card' }, 422)
    land.clock.set(oneOclock)
    await post('ruth', `/visits/${planned}/arrive`, {}, 422)
    await post('kofi', `/visits/${planned}/arrive`, { identity: 'card' }, 403)
    await post('amir', `/visits/${planned}/arrive`, { identity: 'card' }, 404)
    await post('ruth', `/visits/${planned}/leave`, { touched: 'Nothing' }, 422)
    await post('ruth', `/visits/${planned}/arrive`, { identity: 'card' })
    assert.equal((await window(oneOclock))?.untilMs, oneOclock + 2 * 3_600_000)
    assert.equal(await window(oneOclock + 2 * 3_600_000), null, 'the window ends by itself')
    land.clock.set(oneOclock + 3 * 3_600_000)
    await chase()
    const late = async () =>
      (await tasksFor(land.db.sql, people.get('ruth')!)).filter((task) => task.kind === 'register.visit')
        .length
    assert.equal(await late(), 1)
    await post('ruth', `/visits/${planned}/leave`, {}, 422)
    await post('ruth', `/visits/${planned}/leave`, { touched: 'Lens of the gate camera' })
    assert.equal(await late(), 0)
    await post('ruth', `/visits/${planned}/cancel`, {}, 422)
    land.clock.set(noon)
  })
})

describe('reach', () => {
  test('nobody finds, counts or opens what lies beyond their areas and landlord', async () => {
    const titles = async (name: string, text: string): Promise<string[]> =>
      (await get(name, `/register?text=${encodeURIComponent(text)}`)).found.map((one: Json) => one.title)
    assert.ok((await titles('maya', '778123')).includes('Gate'))
    assert.ok((await titles('maya', 'station lark')).includes('Larkhill House'))
    assert.deepEqual(await titles('maya', 'larkspur'), [])
    assert.deepEqual(await titles('amir', '778123'), [])
    assert.deepEqual(await titles('nell', 'larkhill'), [], 'the south is not hers')
    assert.equal((await get('nell', '/register?text=larkhill')).total, 0)
    assert.deepEqual(Object.values((await get('nell', '/register')).counts), [0, 0, 0, 0, 0])
    for (const path of ['/sites', '/systems', '/devices', '/suppliers', '/patches'])
      assert.deepEqual(await get('nell', path), [], path)
    for (const path of [
      `/sites/${siteId}`,
      `/systems/${systemId}`,
      `/cameras/${cameraId}/view`,
      `/register/changes/camera/${cameraId}`,
      `/register/changes/site/${siteId}`,
    ]) {
      await get('nell', path, 404)
      await get('amir', path, 404)
    }
    await post('nell', `/systems/${systemId}/manager`, { managerId: id('nell') }, 404)
    await post('nell', '/suppliers/new', { name: 'X', does: ['mending'], processor: 'no' }, 403)
    // The place moves north: with all that hangs on it, it is found there at once.
    await land.db.sql`update register.site set area = 'north' where id = ${siteId}`
    assert.deepEqual((await titles('nell', 'larkhill')).toSorted(), [
      'Car park cameras',
      'Dome 4',
      'Gate',
      'Larkhill House',
    ])
    await land.db.sql`update register.site set area = 'south' where id = ${siteId}`
    assert.deepEqual(await titles('nell', 'larkhill'), [])
  })

  test('what is typed into a search is looked for as it stands, never as a pattern', async () => {
    for (const text of ['%', '_', '\\', "'; drop table register.site; --", '\u0000', '   '])
      await get('maya', `/register?text=${encodeURIComponent(text)}`)
    assert.equal((await get('maya', '/register?text=%25')).total, 0)
    await get('maya', '/register?text=gate&page=999999999999')
    await get('maya', '/register?text=gate&kind=nonsense')
  })
})

describe('patches', () => {
  test('are looked after by one person; a place lies in a patch of its own landlord', async () => {
    const { id: patch } = await post('maya', '/patches/new', { name: 'South 1', managerId: id('kofi') }, 201)
    await post('maya', '/patches/new', { name: 'South 1' }, 422)
    await post('maya', '/patches/new', { name: 'South 2', managerId: id('amir') }, 422)
    const change = {
      version: 3,
      name: 'Larkhill House',
      address: '1 Station Road',
      kind: 'communal',
      area: 'south',
    }
    await post('maya', `/sites/${siteId}/edit`, { ...change, patchId: patch })
    assert.equal((await get('maya', `/sites/${siteId}`)).patch.name, 'South 1')
    const derby = { version: 1, name: 'Larkspur Court', address: 'Somewhere', kind: 'communal' }
    await post('amir', `/sites/${derbySite}/edit`, { ...derby, patchId: patch }, 422)
  })
})

describe('a place that the policy does not cover', () => {
  test('gets no camera: by its kind where the policy says so, or by what the register says', async () => {
    const derby = land.packs.packOf('derby-homes')
    const progress = land.packs.packOf('progress')
    assert.equal(outOfScope(derby, { kind: 'office', outOfScope: null })?.clause, 'derby-3.2-a')
    assert.equal(outOfScope(derby, { kind: 'communal', outOfScope: null }), null)
    assert.equal(outOfScope(progress, { kind: 'office', outOfScope: null }), null)
    assert.match(
      outOfScope(progress, { kind: 'communal', outOfScope: 'Another landlord’s.' })!.message,
      /Another landlord/,
    )
  })
})

test('reach as a question to the database says what it says in the program', async () => {
  const [site] = await land.db.sql<{ id: string; patch_id: string }[]>`
    select id, patch_id from register.site where id = ${siteId}`
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['progress', []],
    ['progress', ['south']],
    ['progress', ['north']],
    ['progress', ['north', 'south']],
    ['progress', [`site:${siteId}`]],
    ['progress', [`patch:${site!.patch_id}`]],
    ['derby-homes', []],
    ['derby-homes', ['south']],
    ['derby-homes', [`site:${siteId}`]],
  ]
  for (const [provider, areas] of cases) {
    const reach = { everywhere: false, held: [{ provider, areas }] }
    const rows = await land.db.sql`
      select 1 from register.site s
      where s.id = ${siteId} and ${withinReach(land.db.sql, reach, 's.provider', 's.area', 's.id')}`
    const said = reaches(reach, 'progress', 'south', { siteId, patchId: site!.patch_id })
    assert.equal(rows.length === 1, said, `${provider} ${areas.join()}`)
  }
  const none = { everywhere: false, held: [] }
  assert.equal((await find(land.db.sql, none, {})).total, 0)
})
