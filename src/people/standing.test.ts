/**
 * Goal: nobody holds more than they were given, for longer than it was given, or against somebody else's right to decide.
 * Method: real accounts on a real database; what they hold is asked of the API and of the policy's own function, with our
 * clock moved past each end and no job running.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { inTransaction } from '#engine/engine.ts'
import { deputyFor, principalAt } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'
import { changeAccount } from './accounts.ts'
import { conflictedAt } from './conflicts.ts'
import type { Named } from './parts.ts'
import { rightsOf } from './people.ts'
import {
  type Browser,
  goodPassword,
  type House,
  openHouse,
  startMs,
  testRules,
  testVisits,
} from './test-house.ts'

const dayMs = 86_400_000
const slug = 'derby-homes'
const grant = (role: string, areas: readonly string[] = [], untilMs: number | null = null) => ({
  provider: slug,
  role,
  areas,
  untilMs,
})
const site: Named = { id: '01a30000-0000-7000-8000-000000000001', name: 'Alder Row', provider: slug }
const other: Named = { id: '01a30000-0000-7000-8000-000000000002', name: 'Birch Court', provider: slug }
const theCase = { id: '01a30000-0000-7000-8000-000000000003', name: 'C-2026-0001', provider: slug }

let house: House
let visits: ReturnType<typeof testVisits>
const inHand = new Map<string, number>()

before(async () => {
  visits = testVisits({ nowMs: () => house.clock.nowMs() }, [site])
  house = await openHouse(
    {
      visits: visits.parts,
      places: {
        sites: async () => [site, other],
        patches: async () => [{ id: '01a30000-0000-7000-8000-00000000000a', name: 'North 1' }],
        caseBy: async (_person, reference) => (reference === theCase.name ? theCase : null),
      },
      work: {
        inHand: async (_sql, id) => [{ what: 'tasks', count: inHand.get(id) ?? 0 }],
        async handOn(_tx, from, to) {
          const count = inHand.get(from) ?? 0
          inHand.delete(from)
          if (to !== null) inHand.set(to, (inHand.get(to) ?? 0) + count)
          return [{ what: 'tasks', count }]
        },
      },
    },
    { ...testRules, graceDays: 3650 },
  )
})
after(() => house?.close())
beforeEach(async () => {
  house.clock.set(startMs)
  await house.db.owner`delete from people.attempt`
})

type Mine = Pick<Person, 'id' | 'roles' | 'administrator' | 'conflicts'>
/** What a signed-in person is to the rooms, by the same code that answers their requests. */
async function held(id: string): Promise<Mine | null> {
  const standing = await rightsOf(house.parts, id)
  return standing && { id, ...standing }
}
const roleCodes = async (id: string) => (await held(id))?.roles.map(({ role }) => role).sort() ?? null
const isIn = async (browser: Browser) => (await browser.get('/account')).statusCode === 200
let count = 0
const newName = (like: string) => `${like}${++count}`

async function admin() {
  const name = newName('admin')
  const id = await house.makePerson(name, { administrator: true })
  return { id, browser: await house.signedIn(name) }
}

describe('a role with an end', () => {
  test('is gone on the day without anything having run, and its holder is told before', async () => {
    const id = await house.makePerson('rita', {
      roles: [grant('asb-manager', [], startMs + 40 * dayMs), grant('housing-officer')],
    })
    const browser = await house.signedIn('rita')
    assert.doesNotMatch((await browser.get('/account')).body, /ends in/)
    house.clock.advance(20 * dayMs)
    assert.match((await browser.get('/account')).body, /Your role ASB manager ends in 20 days/)
    house.clock.advance(20 * dayMs - 1)
    assert.deepEqual(await roleCodes(id), ['asb-manager', 'housing-officer'])
    house.clock.advance(1)
    assert.deepEqual(await roleCodes(id), ['housing-officer'])
    const api = await house.app.inject({ url: '/api/v1/account', cookies: Object.fromEntries(browser.jar) })
    assert.deepEqual(
      (JSON.parse(api.body).roles as { role: string }[]).map(({ role }) => role),
      ['housing-officer'],
    )
  })

  test('that may see footage ends when the policy says, is given again by somebody else, and saving a form is no fresh grant', async () => {
    const { id: adminId, browser } = await admin()
    const form = {
      username: 'sue',
      name: 'Sue',
      email: '',
      roles: [`${slug}:asb-manager`, `${slug}:housing-officer`],
      areas: '',
    }
    const made = await browser.post('/accounts', form, '/accounts/new')
    assert.equal(made.statusCode, 201, made.body)
    const [row] = await house.db.owner<{ id: string }[]>`select id from people.person where username = 'sue'`
    const untilOf = async () =>
      (
        await house.db.owner<{ until: number | null }[]>`
          select until from people.role where person_id = ${row!.id} and role = 'asb-manager'`
      )[0]!.until
    const first = await untilOf()
    assert.equal(first, Date.UTC(2027, 10, 22), 'twelve months, from midnight')
    const [plain] = await house.db.owner<{ until: number | null }[]>`
      select until from people.role where person_id = ${row!.id} and role = 'housing-officer'`
    assert.equal(plain!.until, null, 'no pictures, no end asked')
    house.clock.advance(100 * dayMs)
    await browser.post(`/accounts/${row!.id}`, { ...form, name: 'Sue Smith' })
    assert.equal(await untilOf(), first)
    const tooLong = await browser.post(`/accounts/${row!.id}`, {
      ...form,
      'until-day': '1',
      'until-month': '1',
      'until-year': '2029',
    })
    assert.equal(tooLong.statusCode, 422)
    assert.match(tooLong.body, /12 months at most/)
    assert.match(tooLong.body, /value="2029"/, 'what was typed is kept')
    assert.equal(
      (
        await browser.post(
          `/accounts/${row!.id}/renew`,
          { role: `${slug}:asb-manager` },
          `/accounts/${row!.id}`,
        )
      ).statusCode,
      303,
    )
    assert.ok((await untilOf())! > first!)
    const own = await browser.post(
      `/accounts/${adminId}/renew`,
      { role: `${slug}:asb-manager` },
      `/accounts/${row!.id}`,
    )
    assert.equal(own.statusCode, 422, 'nobody renews their own role')
    assert.equal(await house.countOf('person.role-renewed'), 1)
  })
})

describe('a role that may see footage', () => {
  test('ends when the policy says also where nobody wrote an end, and a later end than that counts for nothing', async () => {
    const id = await house.makePerson(newName('old'), {
      roles: [grant('asb-manager'), grant('housing-officer')],
    })
    const long = await house.makePerson(newName('long'), {
      roles: [grant('asb-manager', [], startMs + 4000 * dayMs)],
    })
    house.clock.set(Date.UTC(2027, 10, 22) - 1)
    assert.deepEqual(await roleCodes(id), ['asb-manager', 'housing-officer'])
    house.clock.set(Date.UTC(2027, 10, 22))
    assert.deepEqual(await roleCodes(id), ['housing-officer'])
    assert.deepEqual(await roleCodes(long), [])
  })
})

describe('how far a role reaches', () => {
  test('by area, by patch and by place, and no further', async () => {
    const id = await house.makePerson(newName('reach'), {
      roles: [grant('asb-manager', ['North', 'patch:p1', `site:${site.id}`])],
    })
    const me = (await held(id))!
    const at = (area: string | null, patch: string | null, siteId: string | null) =>
      principalAt(me, { provider: slug, area, patch, siteId }).roles
    assert.deepEqual(at('North', null, null), ['asb-manager'])
    assert.deepEqual(at('South', 'p1', null), ['asb-manager'])
    assert.deepEqual(at(null, null, site.id), ['asb-manager'])
    assert.deepEqual(at('South', 'p2', other.id), [])
    assert.deepEqual(at(null, null, null), [])
    assert.deepEqual(principalAt(me, { provider: 'whg', area: 'North' }).roles, [])
  })

  test('an area role without an area reaches nothing, and the form asks for one', async () => {
    const id = await house.makePerson(newName('bare'), { roles: [grant('area-colleague')] })
    assert.deepEqual(await roleCodes(id), [])
    const { browser } = await admin()
    const answer = await browser.post(
      '/accounts',
      { username: newName('area'), name: 'X', email: '', roles: `${slug}:area-colleague`, areas: '' },
      '/accounts/new',
    )
    assert.equal(answer.statusCode, 422)
    assert.match(answer.body, /Enter an area/)
  })

  test('a line manager reaches what their own reports reach, and nothing when they have none', async () => {
    const boss = await house.makePerson(newName('boss'), { roles: [grant('line-manager')] })
    const middle = await house.makePerson(newName('middle'), { roles: [grant('line-manager')] })
    const north = await house.makePerson(newName('north'), { roles: [grant('area-colleague', ['North'])] })
    const south = await house.makePerson(newName('south'), { roles: [grant('area-colleague', ['South'])] })
    await house.makePerson(newName('lone'), { roles: [grant('area-colleague', ['West'])] })
    assert.deepEqual(await roleCodes(boss), [], 'an empty reach is never the whole landlord')
    const report = async (id: string, to: string | null) =>
      house.db.owner`update people.person set manager_id = ${to} where id = ${id}`
    await report(north, middle)
    await report(middle, boss)
    await report(south, boss)
    const areasOf = async (id: string) => (await held(id))!.roles.flatMap(({ areas }) => areas).sort()
    assert.deepEqual(await areasOf(middle), ['North'])
    assert.deepEqual(await areasOf(boss), ['North', 'South'])
    await house.db.owner`update people.person set active = false, deactivated_at = now() where id = ${north}`
    assert.deepEqual(await roleCodes(middle), [])
    assert.deepEqual(await areasOf(boss), ['South'])
  })

  test('nobody reports to themselves, over however many others', async () => {
    const { id: by } = await admin()
    const a = await house.makePerson(newName('a'), {})
    const b = await house.makePerson(newName('b'), {})
    const change = (id: string, managerId: string) =>
      inTransaction(house.db.sql, (tx) =>
        changeAccount(
          house.parts,
          tx,
          id,
          { name: 'N', email: null, administrator: false, roles: [], managerId },
          by,
        ),
      )
    assert.ok((await change(a, b)).ok)
    assert.ok(!(await change(b, a)).ok)
    assert.ok(!(await change(a, a)).ok)
  })
})

describe('a deputy', () => {
  const days = (from: string, to: string) => {
    const part = (name: string, day: string) => {
      const [year, month, date] = day.split('-')
      return { [`${name}-day`]: date!, [`${name}-month`]: month!, [`${name}-year`]: year! }
    }
    return { ...part('from', from), ...part('to', to) }
  }

  test('holds the roles from the first day to the last, and the record says for whom', async () => {
    const name = newName('away')
    const away = await house.makePerson(name, { roles: [grant('asb-manager', ['North'])] })
    const deputy = await house.makePerson(newName('deputy'), { roles: [grant('housing-officer')] })
    const browser = await house.signedIn(name)
    const named = await browser.post('/deputies', {
      for: away,
      deputy,
      roles: `${slug}:asb-manager`,
      ...days('2026-11-24', '2026-11-25'),
    })
    assert.equal(named.statusCode, 303, named.body)
    assert.deepEqual(await roleCodes(deputy), ['housing-officer'], 'not yet')
    house.clock.set(Date.UTC(2026, 10, 24))
    const me = (await held(deputy))!
    const place = { provider: slug, area: 'North' }
    assert.deepEqual(principalAt(me, place).roles.toSorted(), ['asb-manager', 'housing-officer'])
    assert.equal(deputyFor(me, place, 'asb-manager'), away)
    assert.equal(deputyFor(me, place, 'housing-officer'), null, 'their own role is their own')
    assert.deepEqual(principalAt(me, place).standsInFor, [away])
    assert.deepEqual(principalAt(me, { provider: slug, area: 'South' }).roles, ['housing-officer'])
    house.clock.set(Date.UTC(2026, 10, 26) - 1)
    assert.equal((await roleCodes(deputy))!.length, 2)
    house.clock.set(Date.UTC(2026, 10, 26))
    assert.deepEqual(await roleCodes(deputy), ['housing-officer'])
    assert.equal(await house.countOf('person.deputy-named'), 1)
  })

  test('gets nothing that the absent person no longer holds, and lends on nothing', async () => {
    const away = await house.makePerson(newName('away'), {
      roles: [grant('asb-manager', [], startMs + 2 * dayMs)],
    })
    const deputyName = newName('deputy')
    const deputy = await house.makePerson(deputyName, { roles: [grant('housing-officer')] })
    const third = await house.makePerson(newName('third'), { roles: [grant('housing-officer')] })
    await house.db.owner`
      insert into people.deputy (id, absent_id, deputy_id, provider, roles, from_at, until, named_by, named_at)
      values (gen_random_uuid(), ${away}, ${deputy}, ${slug}, array['asb-manager'], ${startMs}::timestamptz,
        ${startMs + 30 * dayMs}::timestamptz, ${away}, ${startMs}::timestamptz)`
    assert.equal((await roleCodes(deputy))!.length, 2)
    const browser = await house.signedIn(deputyName)
    const lent = await browser.post('/deputies', {
      for: deputy,
      deputy: third,
      roles: `${slug}:asb-manager`,
      ...days('2026-11-22', '2026-11-23'),
    })
    assert.equal(lent.statusCode, 422, 'what was lent cannot be lent on')
    house.clock.advance(2 * dayMs)
    assert.deepEqual(await roleCodes(deputy), ['housing-officer'], 'the absent person’s own role has ended')
    house.clock.set(startMs)
    await house.db.owner`update people.person set active = false, deactivated_at = now() where id = ${away}`
    assert.deepEqual(await roleCodes(deputy), ['housing-officer'], 'who left lends nothing')
  })

  test('is named by the person, their manager or an administrator, never by anybody else, and not for too long', async () => {
    const away = await house.makePerson(newName('away'), { roles: [grant('asb-manager')] })
    const deputy = await house.makePerson(newName('deputy'), { roles: [grant('housing-officer')] })
    const outsider = await house.makePerson(newName('outsider'), {})
    const managerName = newName('manager')
    const manager = await house.makePerson(managerName, { roles: [grant('line-manager')] })
    const manages = await house.signedIn(managerName)
    const name = (browser: Browser, more: Record<string, string> = {}) =>
      browser.post('/deputies', {
        for: away,
        deputy,
        roles: `${slug}:asb-manager`,
        ...days('2026-11-22', '2026-11-23'),
        ...more,
      })
    const refused = await name(manages)
    assert.equal(refused.statusCode, 422)
    assert.match(refused.body, /for yourself and for those who report to you/)
    await house.db.owner`update people.person set manager_id = ${manager} where id = ${away}`
    assert.equal((await name(manages)).statusCode, 303)
    const { browser } = await admin()
    assert.equal((await name(browser, { deputy: outsider })).statusCode, 422, 'works for no landlord here')
    assert.equal((await name(browser, { deputy: away })).statusCode, 422, 'not themselves')
    const given = await name(manages, { deputy: manager })
    assert.equal(given.statusCode, 422, 'nobody gives themselves a role')
    assert.match(given.body, /cannot name yourself/)
    const double = newName('double')
    const administrates = await house.makePerson(double, {
      administrator: true,
      roles: [grant('housing-officer')],
    })
    const itself = await name(await house.signedIn(double), { deputy: administrates })
    assert.equal(itself.statusCode, 422, 'an administrator neither')
    assert.deepEqual(await roleCodes(administrates), ['housing-officer'])
    assert.equal(
      (await name(browser, { roles: `${slug}:installer` })).statusCode,
      422,
      'a role they do not have',
    )
    assert.equal(
      (await name(browser, days('2026-11-22', '2027-03-01'))).statusCode,
      422,
      'longer than 60 days',
    )
    assert.equal((await name(browser, days('2026-11-20', '2026-11-21'))).statusCode, 422, 'over already')
    const list = await manages.get('/deputies')
    const end = /\/deputies\/([0-9a-f-]{36})\/end/.exec(list.body)![1]!
    const stranger = newName('stranger')
    await house.makePerson(stranger, { roles: [grant('housing-officer')] })
    const strangers = await house.signedIn(stranger)
    assert.equal((await strangers.post(`/deputies/${end}/end`, {}, '/deputies')).statusCode, 404)
    assert.equal((await roleCodes(deputy))!.length, 2)
    assert.equal((await manages.post(`/deputies/${end}/end`, {}, '/deputies')).statusCode, 303)
    assert.equal((await roleCodes(deputy))!.length, 1)
  })
})

describe('a declared conflict', () => {
  test('stands at once, is lifted by somebody else whom the policy names with a reason, and never by its own person', async () => {
    const name = newName('near')
    const near = await house.makePerson(name, {
      roles: [grant('asb-manager'), grant('data-protection-officer')],
    })
    const browser = await house.signedIn(name)
    const declared = await browser.post('/conflicts', {
      kind: 'site',
      site: site.id,
      why: 'My sister lives there',
    })
    assert.equal(declared.statusCode, 303, declared.body)
    const me = (await held(near))!
    const conflicted = (place: object) => principalAt(me, { provider: slug, area: null, ...place }).conflicted
    assert.equal(conflicted({ siteId: site.id }), true)
    assert.equal(conflicted({ siteId: other.id }), false)
    assert.deepEqual(await conflictedAt(house.db.sql, [site.id]), [`Name of ${name}`])
    const [row] = await house.db.owner<
      { id: string }[]
    >`select id from people.conflict where person_id = ${near}`
    const own = await browser.post(`/conflicts/${row!.id}/lift`, { reason: 'I promise' }, '/conflicts')
    assert.equal(own.statusCode, 403)
    const colleague = newName('colleague')
    await house.makePerson(colleague, { roles: [grant('asb-manager')] })
    const theirs = await house.signedIn(colleague)
    assert.doesNotMatch(
      (await theirs.get('/conflicts')).body,
      /My sister/,
      'why is for those who may lift it',
    )
    assert.equal(
      (await theirs.post(`/conflicts/${row!.id}/lift`, { reason: 'x' }, '/conflicts')).statusCode,
      404,
    )
    const dpo = newName('dpo')
    await house.makePerson(dpo, { roles: [grant('data-protection-officer')] })
    const dpos = await house.signedIn(dpo)
    assert.match((await dpos.get('/conflicts')).body, /My sister/)
    assert.equal(
      (await dpos.post(`/conflicts/${row!.id}/lift`, { reason: '' }, '/conflicts')).statusCode,
      422,
    )
    assert.equal(
      (await dpos.post(`/conflicts/${row!.id}/lift`, { reason: 'She moved' }, '/conflicts')).statusCode,
      303,
    )
    assert.equal(
      principalAt((await held(near))!, { provider: slug, area: null, siteId: site.id }).conflicted,
      false,
    )
    assert.deepEqual(await conflictedAt(house.db.sql, [site.id]), [])
  })

  test('is lifted neither by a deputy of who declared it, nor by the colleague it is about', async () => {
    const name = newName('near')
    const near = await house.makePerson(name, { roles: [grant('data-protection-officer')] })
    const deputyName = newName('deputy')
    const deputy = await house.makePerson(deputyName, { roles: [grant('housing-officer')] })
    const otherName = newName('other')
    const other = await house.makePerson(otherName, { roles: [grant('data-protection-officer')] })
    const browser = await house.signedIn(name)
    await browser.post('/conflicts', { kind: 'site', site: site.id, why: 'My sister lives there' })
    await browser.post('/conflicts', { kind: 'person', colleague: other, why: 'We are married' })
    await house.db.owner`
      insert into people.deputy (id, absent_id, deputy_id, provider, roles, from_at, until, named_by, named_at)
      values (gen_random_uuid(), ${near}, ${deputy}, ${slug}, array['data-protection-officer'],
        ${startMs}::timestamptz, ${startMs + 30 * dayMs}::timestamptz, ${near}, ${startMs}::timestamptz)`
    assert.deepEqual((await roleCodes(deputy))!.toSorted(), ['data-protection-officer', 'housing-officer'])
    const rows = await house.db.owner<{ id: string; kind: string }[]>`
      select id, kind from people.conflict where person_id = ${near}`
    const lift = async (browser: Browser, kind: string) => {
      const { id } = rows.find((row) => row.kind === kind)!
      return (await browser.post(`/conflicts/${id}/lift`, { reason: 'They asked me' }, '/conflicts'))
        .statusCode
    }
    const lent = await house.signedIn(deputyName)
    assert.equal(await lift(lent, 'site'), 403, 'who declared it would lift it through them')
    const theirs = await house.signedIn(otherName)
    assert.equal(await lift(theirs, 'person'), 403, 'it is about them')
    assert.equal((await held(near))!.conflicts?.length, 2, 'both stand')
    assert.equal(await lift(theirs, 'site'), 303, 'that one is theirs to decide')
  })

  test('is about a case or a colleague too, and about nothing that one may not see', async () => {
    const name = newName('near')
    const near = await house.makePerson(name, { roles: [grant('asb-manager')] })
    const colleague = await house.makePerson(newName('friend'), { roles: [grant('housing-officer')] })
    const browser = await house.signedIn(name)
    const declare = (values: Record<string, string>) =>
      browser.post('/conflicts', { why: 'We are friends', ...values })
    assert.equal((await declare({ kind: 'case', caseReference: 'C-2026-0001' })).statusCode, 303)
    assert.equal((await declare({ kind: 'person', colleague })).statusCode, 303)
    assert.equal((await declare({ kind: 'person', colleague })).statusCode, 422, 'once is enough')
    assert.equal((await declare({ kind: 'case', caseReference: 'C-2026-0099' })).statusCode, 422)
    assert.equal((await declare({ kind: 'site', site: theCase.id })).statusCode, 422)
    assert.equal((await declare({ kind: 'person', colleague: near })).statusCode, 422)
    const me = (await held(near))!
    assert.equal(principalAt(me, { provider: slug, area: null, caseId: theCase.id }).conflicted, true)
    assert.equal(principalAt(me, { provider: slug, area: null, personIds: [colleague] }).conflicted, true)
    assert.equal(principalAt(me, { provider: slug, area: null, personIds: [near] }).conflicted, false)
  })
})

describe('an engineer from outside', () => {
  const at = (hour: number): number => Date.UTC(2026, 10, 22, hour)
  const form = (visit: string, more: Record<string, string | string[]> = {}) => ({
    username: newName('eli'),
    checked: 'yes',
    role: `${slug}:installer`,
    visit,
    ...more,
  })
  const supervisor = () => house.makePerson(newName('super'), { roles: [grant('housing-officer')] })
  const idOf = async (username: string): Promise<string> => {
    const [row] = await house.db.owner<{ id: string }[]>`
      select id from people.person where username = ${username}`
    return row!.id
  }
  const letIn = async (browser: Browser, asked: ReturnType<typeof form>): Promise<string> => {
    const made = await browser.post('/accounts/engineer', asked, '/accounts/engineer')
    assert.equal(made.statusCode, 201, made.body)
    return /\/welcome\/[A-Za-z0-9_-]+/.exec(made.body)![0]
  }

  test('is let in for a planned visit, from being known there until its end, and is out to the minute without anything running', async () => {
    const { browser } = await admin()
    const visit = visits.plan({ supervisorId: await supervisor(), fromMs: at(10), untilMs: at(14) })
    const asked = form(visit)
    const link = await letIn(browser, asked)
    const engineers = house.newBrowser()
    await engineers.post(link, { password: goodPassword })
    assert.ok(!(await isIn(engineers)), 'an hour before the beginning')
    house.clock.set(at(10) + 1)
    assert.ok(!(await isIn(engineers)), 'nobody has said that they are there and who they say')
    visits.change(visit, { arrivedMs: at(10) + 1 })
    assert.ok(await isIn(engineers))
    const id = await idOf(asked.username)
    const me = (await held(id))!
    assert.deepEqual(principalAt(me, { provider: slug, area: 'North', siteId: site.id }).roles, ['installer'])
    assert.deepEqual(principalAt(me, { provider: slug, area: 'North', siteId: other.id }).roles, [])
    assert.equal((await engineers.get('/accounts')).statusCode, 403)
    house.clock.set(at(14) - 1)
    assert.ok(await isIn(engineers))
    house.clock.set(at(14))
    assert.ok(!(await isIn(engineers)))
    assert.equal(await held(id), null)
    const again = house.newBrowser()
    await again.signIn(asked.username, goodPassword)
    assert.ok(!(await isIn(again)))
  })

  test('is out the moment that they are said to have left, and lets nobody in of a visit called off', async () => {
    const { browser } = await admin()
    const visit = visits.plan({ supervisorId: await supervisor(), fromMs: at(9), untilMs: at(17) })
    const asked = form(visit)
    await letIn(browser, asked)
    const id = await idOf(asked.username)
    house.clock.set(at(10))
    visits.change(visit, { arrivedMs: at(10) })
    assert.deepEqual(await roleCodes(id), ['installer'])
    visits.change(visit, { leftMs: at(10) })
    assert.equal(await roleCodes(id), null)
    const page = await browser.get(`/accounts/${id}`)
    assert.match(page.body, /Bright Lens at Alder Row/)
    const off = visits.plan({ supervisorId: await supervisor(), fromMs: at(11), untilMs: at(12) })
    visits.change(off, { cancelledMs: at(10) })
    assert.equal((await browser.post('/accounts/engineer', form(off), '/accounts/engineer')).statusCode, 422)
  })

  test('gets no other role, no visit out of reach, of another’s or with nobody to stay with them, and can be put out at once', async () => {
    const { browser } = await admin()
    const colleague = await supervisor()
    const outsider = await house.makePerson(newName('out'), {})
    const visit = visits.plan({ supervisorId: colleague, fromMs: at(9), untilMs: at(17) })
    const refuse = async (more: Record<string, string | string[]>) =>
      assert.equal(
        (await browser.post('/accounts/engineer', form(visit, more), '/accounts/engineer')).statusCode,
        422,
        JSON.stringify(more),
      )
    await refuse({ role: `${slug}:asb-manager` })
    await refuse({ role: 'progress:installer' })
    await refuse({ visit: '' })
    await refuse({ visit: theCase.id })
    await refuse({ visit: visits.plan({ supervisorId: outsider, fromMs: at(9), untilMs: at(17) }) })
    await refuse({ visit: visits.plan({ supervisorId: colleague, fromMs: at(7), untilMs: at(8) }) })
    await refuse({ checked: '' })
    const double = newName('double')
    const both = await house.makePerson(double, { administrator: true, roles: [grant('housing-officer')] })
    const own = form(visits.plan({ supervisorId: both, fromMs: at(9), untilMs: at(17) }))
    const alone = await (await house.signedIn(double)).post('/accounts/engineer', own)
    assert.equal(alone.statusCode, 422, 'who stays with them does not make the account as well')
    assert.match(alone.body, /Ask another administrator/)
    const asked = form(visit)
    await letIn(browser, asked)
    await refuse({ username: newName('second') })
    const id = await idOf(asked.username)
    const another = visits.plan({
      supervisorId: colleague,
      fromMs: at(9),
      untilMs: at(17),
      engineer: 'Pat Doe',
    })
    await browser.post(`/accounts/${id}/hours/end`, {}, `/accounts/${id}`)
    const swap = { visit: another, role: `${slug}:installer` }
    const swapped = await browser.post(`/accounts/${id}/hours`, swap, `/accounts/${id}`)
    assert.equal(swapped.statusCode, 422, 'the visit names somebody else')
    const back = { visit, role: `${slug}:installer` }
    assert.equal((await browser.post(`/accounts/${id}/hours`, back, `/accounts/${id}`)).statusCode, 303)
    const promoted = await browser.post(`/accounts/${id}`, {
      name: 'Eli',
      email: '',
      roles: `${slug}:asb-manager`,
      areas: '',
      administrator: 'yes',
    })
    assert.equal(promoted.statusCode, 422)
    house.clock.set(at(11))
    visits.change(visit, { arrivedMs: at(11) })
    assert.deepEqual(await roleCodes(id), ['installer'])
    await browser.post(`/accounts/${id}/hours/end`, {}, `/accounts/${id}`)
    assert.equal(await roleCodes(id), null)
  })
})

describe('who leaves', () => {
  test('is out at once with everything, and what they had in hand goes to the successor', async () => {
    const { browser } = await admin()
    const name = newName('leaver')
    const leaver = await house.makePerson(name, { roles: [grant('asb-manager')] })
    const next = await house.makePerson(newName('next'), { roles: [grant('asb-manager')] })
    const report = await house.makePerson(newName('report'), { roles: [grant('housing-officer')] })
    await house.db.owner`update people.person set manager_id = ${leaver} where id = ${report}`
    await house.db.owner`
      insert into people.deputy (id, absent_id, deputy_id, provider, roles, from_at, until, named_by, named_at)
      values (gen_random_uuid(), ${leaver}, ${report}, ${slug}, array['asb-manager'], ${startMs}::timestamptz,
        ${startMs + 30 * dayMs}::timestamptz, ${leaver}, ${startMs}::timestamptz)`
    inHand.set(leaver, 3)
    const theirs = await house.signedIn(name)
    const page = await browser.get(`/accounts/${leaver}`)
    assert.match(page.body, /In their hand: tasks: 3, people who report to them: 1/)
    const bad = await browser.post(`/accounts/${leaver}/close`, { successor: leaver }, `/accounts/${leaver}`)
    assert.equal(bad.statusCode, 422)
    assert.ok(await isIn(theirs), 'a refusal leaves everything as it was')
    const closed = await browser.post(`/accounts/${leaver}/close`, { successor: next }, `/accounts/${leaver}`)
    assert.equal(closed.statusCode, 303, closed.body)
    assert.ok(!(await isIn(theirs)))
    assert.equal(await held(leaver), null)
    assert.deepEqual(await roleCodes(report), ['housing-officer'], 'what they lent is over')
    assert.equal(inHand.get(next), 3)
    const [row] = await house.db.owner<{ manager: string }[]>`
      select manager_id as manager from people.person where id = ${report}`
    assert.equal(row!.manager, next)
    const list = await browser.get('/accounts/leavers')
    assert.match(list.body, /tasks: 3, to Name of next/)
    assert.match(list.body, /Nothing is left in the hand/)
  })

  test('with something still in hand stands on the page until it is handed on', async () => {
    const { browser } = await admin()
    const leaver = await house.makePerson(newName('gone'), { roles: [grant('asb-manager')] })
    await browser.post(`/accounts/${leaver}/close`, {}, `/accounts/${leaver}`)
    inHand.set(leaver, 2)
    assert.match((await browser.get('/accounts/leavers')).body, /Still in hand: tasks: 2/)
    const done = await browser.post(`/accounts/${leaver}/hand-on`, { successor: '' }, '/accounts/leavers')
    assert.equal(done.statusCode, 303)
    assert.doesNotMatch((await browser.get('/accounts/leavers')).body, /Still in hand/)
  })
})
