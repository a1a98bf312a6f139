/**
 * Every door of a running demo, tried by everybody who may stand before it: the staff of both landlords, the
 * administrator, their programs, and a stranger. What each may open follows from the packs alone.
 */
import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { deskRoutes } from '#desk/desk.ts'
import type { Route } from '#web/web.ts'
import {
  type Staff as AtDoor,
  doorsOf,
  fill,
  leftOut,
  mayOpen,
  nobodys,
  told,
  tryDoor,
  withAccount,
} from './doors.ts'
import { type House, openHouse } from './house.ts'
import { allRows } from './rows.ts'
import { bearer, send, signIn, stranger } from './visitors.ts'

type Staff = AtDoor & { readonly provider: string | null }

const derby = ['olivia', 'amir', 'grace', 'tom', 'dina']
const progress = ['sam', 'maya', 'kofi', 'ruth', 'ben']
const cameraSecret = 'Sw0rdfish-in-a-Jar'
const json = { 'content-type': 'application/json' }

let house: House
let rows: readonly Route[]
const staff = new Map<string, Staff>()
const who = (name: string): Staff => staff.get(name)!

before(async () => {
  house = await openHouse()
  rows = await allRows()
  for (const [name, password] of house.passwords) {
    const visitor = await signIn(house.url, name, password)
    const known = await withAccount(visitor)
    staff.set(name, { ...known, provider: known.account.roles[0]?.provider ?? null })
  }
  assert.deepEqual([...staff.keys()].toSorted(), [...derby, ...progress, 'robin'].toSorted())
})
after(() => house?.close())

describe('every row of the route table', () => {
  test('is what the hub serves as its API', async () => {
    const served = (await stranger(house.url).get('/api/v1/openapi.json')).json().paths as Record<
      string,
      object
    >
    const listed = Object.entries(served).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replace(/^\/api\/v1/, '') || '/'}`,
      ),
    )
    const ours = rows
      .filter((row) => row.api !== undefined)
      .map((row) => `${row.method} ${row.path.replace(/:([A-Za-z0-9]+)/g, '{$1}')}`)
    for (const line of ours) assert.ok(listed.includes(line), `${line} is not served`)
    for (const line of listed)
      assert.ok(
        ours.includes(line) || /recorder\/enrol|health/.test(line),
        `${line} is served but in no room's rows`,
      )
  })

  // Every role of every pack asks by the API in every-pack.test.ts; here a few, and a stranger, by both doors.
  test('opens to whom the pack lets in, by page and by API, and to nobody else', async () => {
    const few = ['amir', 'maya', 'robin'].map(who)
    for (const row of rows) {
      if (leftOut.includes(`${row.method} ${row.path}`)) continue
      for (const door of doorsOf(row).map((path) => fill(path))) {
        await Promise.all(few.map((one) => tryDoor(one, row, door)))
        const out = stranger(house.url)
        const body = row.method === 'GET' ? {} : { body: '{}', headers: json }
        const given = await out.raw(row.method, door, body)
        const what = told(given, `a stranger ${row.method} ${door}`)
        if (row.permission === 'public') assert.ok(given.status < 500, what)
        else if (door.startsWith('/api/')) assert.equal(given.status, 401, what)
        else assert.match(given.headers.get('location') ?? what, /^\/sign-in/)
        const cache = given.headers.get('cache-control')
        if (row.permission !== 'public') assert.equal(cache, 'no-store', what)
      }
    }
  })

  test('has no door to a demo’s clock in a landlord’s home', () => {
    const paths = deskRoutes({ demo: null } as never).map((row) => row.path)
    assert.ok(paths.includes('/cameras') && !paths.some((path) => path.startsWith('/demo')))
  })

  test('never ends in a failure, whatever is typed', async () => {
    const odd = ['\0', '\ud800', '99999999999999999999', '2026-99-99', 'é\u2028\n']
    const names = [
      'text',
      'day',
      'from',
      'to',
      'about',
      'kind',
      'before',
      'after',
      'camera',
      'at',
      'viewing',
      'live',
    ]
    const failures: string[] = []
    const everybody = ['amir', 'dina', 'tom', 'olivia', 'robin'].map(who)
    const { cameras } = await owned('amir')
    for (const row of rows) {
      if (row.machine || leftOut.includes(`${row.method} ${row.path}`)) continue
      const one = everybody.find((visitor) => mayOpen(visitor.account, row.permission))
      if (one === undefined || row.permission === 'public') continue
      const door = fill(doorsOf(row).at(-1)!, row.path.startsWith('/cameras/') ? cameras[0]! : nobodys)
      await Promise.all(
        odd.map(async (value) => {
          const asked = Object.fromEntries(names.map((name) => [name, value]))
          const given =
            row.method === 'GET'
              ? await one.get(`${door}?${new URLSearchParams(asked)}`)
              : await one.post(door, { ...asked, title: value, reason: value, name: value, label: value })
          if (given.status >= 500)
            failures.push(told(given, `${one.name} ${row.method} ${door} ${JSON.stringify(value)}`))
        }),
      )
    }
    assert.deepEqual(failures, [])
    for (const path of [
      '/%E0%A4%A',
      '/sign-in?next=%2Fa%00b',
      `/sign-in?next=${encodeURIComponent('/é\u2028')}`,
    ]) {
      const given = await who('amir').get(path)
      assert.ok(given.status < 500, told(given, path))
      assert.doesNotMatch(given.text(), /FST_|ERR_|at file:|node_modules/)
    }
  })
})

/** Ids of things that a person sees at their landlord. */
async function owned(name: string) {
  const list = async (path: string): Promise<{ id: string }[]> => {
    const given = await who(name).get(`/api/v1${path}`)
    return given.status === 200 ? (given.json() as { id: string }[]) : []
  }
  const ids = async (path: string) => (await list(path)).map(({ id }) => id)
  return {
    cameras: await ids('/cameras'),
    deployments: await ids('/deployments'),
    sites: await ids('/sites'),
    systems: await ids('/systems'),
    devices: await ids('/devices'),
    suppliers: await ids('/suppliers'),
    cases: await ids('/cases'),
  }
}

describe('one landlord', () => {
  test('finds nothing of the other: not by number, list, search, count or ledger', async () => {
    for (const [own, others] of [
      [derby, ['sam', 'maya', 'ben']],
      [progress, ['olivia', 'amir', 'dina']],
    ] as const) {
      const opener = who(own[0]!)
      await opener.post('/api/v1/cases/new', { kind: 'other', title: 'Something of ours' })
      const things = await owned(own[0]!)
      assert.ok(things.cameras.length > 0 && things.cases.length > 0)
      const secret = [
        ...Object.values(things).flat(),
        ...own.map((name) => who(name).account.id),
        opener.provider!,
      ]
      const lists = rows.filter((row) => row.method === 'GET' && row.api && !row.path.includes(':'))
      for (const name of others) {
        for (const row of lists.filter(({ path }) => !path.startsWith('/policy'))) {
          const given = await who(name).get(`/api/v1${row.path}`)
          for (const id of secret)
            assert.ok(
              !given.text().includes(id),
              `${name} reads ${id} at ${row.path}: ${given.text().slice(0, 400)}`,
            )
        }
        for (const id of secret) {
          const found = (await who(name).get(`/api/v1/ledger?about=${id}`)).text()
          assert.ok(!found.includes(`"id"`), `${name} reads in the ledger about ${id}`)
        }
      }
      const byId = rows.filter(
        (row) => row.path.includes(':') && row.permission !== 'public' && !/tile|:provider/.test(row.path),
      )
      const ids = Object.values(things).flatMap((all) => all.slice(0, 1))
      const full = {
        reason: 'Because we want it',
        version: 1,
        mark: 'x',
        decision: 'approve',
        how: 'in-person',
        kind: 'home',
        name: 'x',
        label: 'x',
        address: 'x',
        position: 'x',
        withdrawReason: 'Because',
      }
      for (const row of byId)
        for (const id of ids) {
          const door = fill(doorsOf(row).at(-1)!, id)
          // Deleting a draft that isn't there answers as if it were gone.
          if (door.endsWith('/delete')) continue
          await Promise.all(
            others.map(async (name) => {
              const given =
                row.method === 'GET' ? await who(name).get(door) : await who(name).post(door, full)
              const what = told(given, `${name} ${row.method} ${door}`)
              assert.ok([400, 403, 404, 422].includes(given.status), what)
              assert.ok(!given.text().includes('Alder Row') && !given.text().includes('Larkhill House'), what)
            }),
          )
        }
    }
  })

  test('and its administrator: who runs the installation sees no picture by that', async () => {
    const robin = who('robin')
    const [camera] = (await owned('amir')).cameras
    for (const path of [`/viewings/new?camera=${camera}`, `/exhibits/new?camera=${camera}&from=1&to=2`])
      assert.ok([403, 404].includes((await robin.get(path)).status), path)
    const opened = await robin.post('/api/v1/viewings', {
      kind: 'recorded',
      cameras: [camera],
      fromDay: '2026-01-01',
      fromTime: '10:00',
      toTime: '10:05',
      purpose: 'asb-investigation',
      reason: 'I want to look',
    })
    assert.equal(opened.status, 404, opened.text())
  })
})

describe('a request', () => {
  const wanted = JSON.stringify({ kind: 'other', title: 'Forged' })
  const path = '/api/v1/cases/new'

  test('with a session is taken only from our own page and form', async () => {
    const amir = who('amir')
    const tried: Record<string, Record<string, string>> = {
      'no token': {},
      'another session’s token': { 'x-csrf-token': who('tom').csrf },
      'another website': { 'x-csrf-token': amir.csrf, origin: 'https://elsewhere.example' },
      'a sandboxed frame': { 'x-csrf-token': amir.csrf, origin: 'null' },
      'a browser that says cross-site': { 'x-csrf-token': amir.csrf, 'sec-fetch-site': 'cross-site' },
    }
    for (const [what, headers] of Object.entries(tried)) {
      const given = await amir.raw('POST', path, { body: wanted, headers: { ...json, ...headers } })
      assert.equal(given.status, 403, told(given, what))
    }
    const list = (await amir.get('/api/v1/cases')).text()
    assert.doesNotMatch(list, /Forged/)
    assert.equal((await amir.post(path, { kind: 'other', title: 'Ours' })).status, 201)
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      assert.equal((await amir.raw(method, '/cases')).status, 404, method)
    assert.equal((await amir.get('/sign-out')).status, 404)
    for (const next of [
      '//e.example',
      '/\\e.example',
      '/\t/e.example',
      'https://e.example',
      'javascript:alert(1)',
    ])
      assert.equal((await amir.get(`/sign-in?next=${encodeURIComponent(next)}`)).headers.get('location'), '/')
    const backed = await amir.post('/cases/new', { kind: 'other', title: 'Back', backTo: '/\t/e.example' })
    assert.match(backed.headers.get('location') ?? '', /^\/cases\//)
  })

  test('by a program has its person’s rights in the API, and none on pages; neither secret serves as the other', async () => {
    const dina = who('dina')
    const made = await dina.raw('POST', '/account/tokens', {
      body: new URLSearchParams({ label: 'test', days: '30', _csrf: dina.csrf }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: house.url },
    })
    const token = /overt_[\w-]{30,}/.exec(made.text())![0]
    assert.equal(made.headers.get('cache-control'), 'no-store')
    const program = bearer(house.url, 'dina', token)
    assert.equal((await program.get('/api/v1/account')).status, 200)
    for (const row of rows.filter((one) => one.api && one.method === 'GET' && !one.path.includes(':')))
      assert.equal(
        (await program.get(`/api/v1${row.path}`)).status === 403,
        !mayOpen(dina.account, row.permission),
        row.path,
      )
    assert.equal((await program.get('/account')).status, 302)
    assert.equal((await program.post('/account/tokens', { label: 'more', days: '30' })).status, 302)
    const secret = /overt_session=([^;]+)/.exec(dina.cookie())![1]!
    const out = stranger(house.url)
    for (const headers of [
      { authorization: `Bearer ${secret}` },
      { cookie: `overt_session=${token}` },
      { authorization: 'Basic YTpi', cookie: dina.cookie() },
      { authorization: 'Bearer nonsense', cookie: dina.cookie() },
    ])
      assert.equal((await out.raw('GET', '/api/v1/account', { headers })).status, 401)
  })

  test('is answered with headers that keep it from frames, caches and other scripts', async () => {
    const given = await who('amir').get('/cameras')
    const policy = given.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*|https?:/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.equal(given.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(given.headers.get('cache-control'), 'no-store')
    const cookie = (await stranger(house.url).get('/sign-in')).headers.getSetCookie().join('\n')
    assert.match(cookie, /HttpOnly/)
  })
})

describe('two at once', () => {
  test('decide one approval: exactly one is written, and an old page decides nothing', async () => {
    const grace = who('grace')
    const list = (await grace.get('/api/v1/deployments')).json() as { id: string; cameraLabel: string }[]
    const { id } = list.find(({ cameraLabel }) => cameraLabel.includes('hallway'))!
    const { mark, gates } = (await grace.get(`/api/v1/deployments/${id}`)).json() as {
      mark: string
      gates: { code: string; state: string }[]
    }
    const role = 'area-housing-services-manager'
    assert.equal(gates.find(({ code }) => code === `approval:${role}`)?.state, 'open')
    const decide = (decision: string, seen = mark) =>
      grace.post(`/api/v1/deployments/${id}/approve`, { role, decision, mark: seen, reason: 'Seen.' })
    assert.notEqual((await decide('approve', 'an older page')).status, 200)
    const answers = await Promise.all(
      ['approve', 'refuse', 'approve', 'refuse', 'approve', 'approve'].map((one) => decide(one)),
    )
    assert.equal(
      answers.filter(({ status }) => status === 200).length,
      1,
      answers.map(({ status }) => status).join(),
    )
    assert.ok(answers.every(({ status }) => status < 500))
    const { approvals } = (await grace.get(`/api/v1/deployments/${id}`)).json() as {
      approvals: { role: string }[]
    }
    assert.equal(approvals.filter((one) => one.role === role).length, 1)
  })
})

describe('a stranger at the recorders’ door', () => {
  const hub = () => house.url.replace('http', 'ws')
  const talk = (lines: (string | Buffer)[], path = '/recorder/link', headers = {}) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(`${hub()}${path}`, { headers })
      const said: string[] = []
      socket.on('open', () => {
        for (const line of lines) socket.send(line)
      })
      socket.on('message', (data) => said.push(String(data)))
      socket.on('unexpected-response', (_, answer) => resolve(`http ${answer.statusCode}`))
      socket.on('close', (code, why) => resolve(`${code} ${why} ${said.join(' ')}`))
      socket.on('error', () => undefined)
    })

  test('is not let in: no key, a wrong proof, bytes too early, too much, another website', async () => {
    const [recorder] = (await who('robin').get('/api/v1/recorders')).json() as { id: string }[]
    const nonce = 'A'.repeat(43)
    const hello = {
      type: 'hello',
      v: 1,
      recorder: recorder!.id,
      nonce,
      software: 'x',
      counters: [],
      checkpointSize: 0,
    }
    const proof = { type: 'proof', signature: 'A'.repeat(86) }
    assert.match(await talk(['garbage']), /^1008/)
    assert.match(await talk([Buffer.alloc(64)]), /^1008/)
    assert.match(await talk([JSON.stringify({ ...hello, recorder: nobodys })]), /^1008 is not enrolled/)
    const tried = await talk([JSON.stringify(hello), JSON.stringify(proof)])
    assert.match(tried, /^1008 could not prove/)
    assert.doesNotMatch(tried, /welcome|rtsp|mandate"/)
    assert.match(await talk(['x'.repeat(3_000_000)]), /^1009/)
    assert.match(await talk([], `/viewings/${nobodys}/live`, { cookie: who('amir').cookie() }), /^http 403/)
    assert.match(
      await talk([], `/viewings/${nobodys}/live`, {
        cookie: who('amir').cookie(),
        origin: 'https://e.example',
      }),
      /^http 403/,
    )
    assert.match(
      await talk([], `/viewings/${nobodys}/live`, { cookie: who('tom').cookie(), origin: house.url }),
      /^1008|^http 403/,
    )
  })

  test('enrols with no token but a fresh one, once, of two at once', async () => {
    const made = (await who('robin').post('/api/v1/recorders', { name: 'Van' })).json() as { token: string }
    const enrol = (token: string, letter: string) =>
      send(house.url, 'POST', '/recorder/enrol', {
        body: JSON.stringify({ v: 1, token, publicKey: `${letter.repeat(42)}A`, name: 'Van' }),
        headers: json,
      })
    const both = await Promise.all([enrol(made.token, 'B'), enrol(made.token, 'C')])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [201, 403])
    assert.equal((await enrol(made.token, 'D')).status, 403)
    assert.equal((await enrol('x'.repeat(43), 'D')).status, 403)
    const again = (await who('robin').post('/api/v1/recorders', { name: 'Van' })).json() as { token: string }
    const winner = both[0]!.status === 201 ? 'B' : 'C'
    const twin = await enrol(again.token, winner)
    // A recorder that lost its first answer is told again who it is: one identity stays one recorder.
    const known = both.find(({ status }) => status === 201)!.json().recorder
    assert.equal(twin.json().recorder, known, told(twin, 'two recorders with one identity'))
  })
})

describe('an address typed for a camera', () => {
  test('is no scanner of networks, and its password is never seen again', async () => {
    const tom = who('tom')
    const list = (await tom.get('/api/v1/deployments')).json() as { id: string; cameraLabel: string }[]
    const { id } = list.find(({ cameraLabel }) => cameraLabel.includes('hallway'))!
    const [recorder] = (await who('robin').get('/api/v1/recorders')).json() as { id: string }[]
    for (const host of [
      '192.0.2.1',
      '[::1]',
      '[::ffff:192.0.2.1]',
      '[::ffff:c000:201]',
      '169.254.169.254',
      '0.0.0.0',
      '[fe80::1]',
    ]) {
      const { camera } = (await tom.get(`/api/v1/deployments/${id}`)).json() as {
        camera: { version: number }
      }
      const given = await tom.post(`/api/v1/deployments/${id}/install/connection`, {
        version: camera.version,
        recorderId: recorder!.id,
        address: `rtsp://operator:${cameraSecret}@${host}:${new URL(house.url).port}/x`,
      })
      const code = given.status === 200 ? (given.json() as { code: string }).code : 'refused'
      assert.ok(['not-allowed', 'refused'].includes(code), told(given, host))
      assert.ok(!given.text().includes(cameraSecret))
    }
    for (const path of [
      `/api/v1/deployments/${id}`,
      `/deployments/${id}/install`,
      '/api/v1/cameras',
      '/api/v1/ledger',
    ])
      assert.ok(!(await tom.get(path)).text().includes(cameraSecret), path)
  })
})

describe('what lies about', () => {
  async function files(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  }

  test('the log holds no name, password, token or address of a camera', () => {
    const log = house.log()
    const secrets = [
      ...house.passwords.values(),
      cameraSecret,
      'rtsp://',
      'Joan Whitfield',
      'Amir Khan',
      'Alder Row',
      'overt_',
      'a passphrase that',
    ]
    for (const secret of secrets) assert.ok(!log.includes(secret), `the log says “${secret}”`)
  })

  test('no picture lies clear on the disk, no password in the database, and nobody else may read', async () => {
    assert.equal((await stat(house.keyring)).mode & 0o077, 0)
    assert.equal((await stat(house.home)).mode & 0o066, 0)
    for (const root of [house.home, house.keyring]) {
      for (const path of await files(root)) {
        const bytes = await readFile(path).catch(() => Buffer.alloc(0))
        // PostgreSQL's own catalogue has a column “oprcanmerge… prftyp…”: boxes are looked for with their sizes and brands.
        for (const box of ['moof\0\0\0\u0010mfhd', 'ftypiso', 'ftypcmf'])
          assert.ok(!bytes.includes(Buffer.from(box, 'latin1')), `${path} holds clear video (${box})`)
        if (!path.startsWith(join(house.home, 'recorder')))
          assert.ok(!bytes.includes(cameraSecret), `${path} holds a camera's password`)
        for (const password of house.passwords.values())
          assert.ok(!bytes.includes(password), `${path} holds a password`)
        const { mode } = await stat(path).catch(() => ({ mode: 0 }))
        // The keyring's lock is an empty database file within a folder that is shut itself.
        if (!path.endsWith('.pub') && !path.startsWith(join(house.keyring, 'lock')))
          assert.equal(mode & 0o077, 0, `${path} is open to others (${mode.toString(8)})`)
      }
    }
  })

  test('no part has secrets in its surroundings that it doesn’t need', async () => {
    const parts = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    let seen = 0
    for (const pid of parts) {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      const env = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      if (!words.includes(house.home) && !env.includes(house.home)) continue
      const isHub = words.includes('main.ts\0hub')
      const isUp = words.includes('main.ts\0demo')
      if (isHub || isUp) {
        if (isHub) assert.doesNotMatch(env, /DATABASE_OWNER_URL/)
        continue
      }
      seen += 1
      assert.doesNotMatch(
        env,
        /DATABASE_URL|DATABASE_OWNER_URL|OVERT_KEYRING_PASSPHRASE/,
        words.replaceAll('\0', ' '),
      )
    }
    assert.ok(seen >= 2, 'recorder and simulated cameras were looked at')
  })
})
