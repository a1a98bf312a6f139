import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { Failure, type Log, manualClock, silentLog } from '#base/base.ts'
import { form, input } from './components.ts'
import { fields } from './fields.ts'
import { html } from './html.ts'
import { type Person, type Route, route, type View } from './route.ts'
import { createWeb, type WebOptions } from './server.ts'

const officer: Person = {
  id: '00000000-0000-7000-8000-000000000001',
  name: 'Olu Officer',
  username: 'olu',
  roles: [],
  administrator: false,
  via: 'session',
}

const none = { none: 'only shows what the test needs' }
const cameraForm = (view: View) => ({
  title: 'Add a camera',
  body: form({ view, body: html`${input({ view, name: 'place', label: 'Place' })}` }),
})

let leaving = true
const handled: string[] = []
const rows: Route[] = [
  route({
    method: 'GET',
    path: '/open',
    permission: 'public',
    ledger: none,
    api: { summary: 'An open page' },
    handler: async () => ({
      data: { open: true },
      page: () => ({ title: 'Open', body: html`<h1>${'<b>open</b>'}</h1>` }),
    }),
  }),
  route({
    method: 'GET',
    path: '/cameras/:id',
    permission: 'camera.view',
    ledger: none,
    input: z.object({ id: fields.id('a camera') }),
    api: { summary: 'One camera', response: z.object({ id: z.string() }) },
    handler: async ({ input }) => ({
      data: input,
      page: () => ({ title: 'Camera', body: html`<h1>Camera</h1>` }),
    }),
  }),
  route({
    method: 'GET',
    path: '/cameras',
    permission: 'signed-in',
    ledger: none,
    handler: async ({ view }) => ({ data: null, page: () => cameraForm(view) }),
  }),
  route({
    method: 'POST',
    path: '/cameras',
    permission: 'camera.add',
    ledger: 'camera.added',
    input: z.object({ place: fields.text('the place', 20), from: fields.day('the first day').optional() }),
    api: { summary: 'Add a camera' },
    form: async ({ view }) => cameraForm(view),
    async handler({ input }) {
      handled.push(input.place)
      if (input.place === 'forbidden') {
        return { forbidden: true, refusal: [{ field: 'place', message: 'Not there', clause: 'derby-4.1-a' }] }
      }
      if (input.place === 'taken') {
        return {
          refusal: [{ code: 'taken', message: 'A camera is there already', clause: 'derby-4.1-a' }],
        }
      }
      return { data: input, location: '/cameras', flash: 'Camera added', created: true }
    },
  }),
  route({
    method: 'POST',
    path: '/pictures',
    permission: 'signed-in',
    ledger: 'picture.added',
    input: z.object({ place: fields.text('the place') }),
    uploads: { field: 'photo', files: 1, bytesMax: 1000, mimes: ['image/jpeg'] },
    handler: async ({ files }) => ({
      data: null,
      location: '/cameras',
      flash: `${files['picture']?.filename} ${files['picture']?.bytes.length}`,
    }),
  }),
  route({
    method: 'GET',
    path: '/broken/:how',
    permission: 'public',
    ledger: none,
    api: { summary: 'Fails' },
    async handler({ input }) {
      const how = (input as { how: string }).how
      if (how === 'bug') throw new Error('secret database words')
      throw new Failure(how as 'conflict', 'secret story', new Error('deeper'))
    },
  }),
  route({
    method: 'POST',
    path: '/machine/enrol',
    permission: 'public',
    ledger: 'machine.enrolled',
    machine: true,
    input: z.object({ token: fields.text('the token') }),
    handler: async ({ input, session }) => ({ data: { token: input.token, session }, location: '/' }),
  }),
  route({
    method: 'GET',
    path: '/stream',
    permission: 'public',
    ledger: none,
    handler: async () => ({
      file: { mime: 'text/plain', body: Readable.from(['one ', 'two']), filename: 'é.txt' },
    }),
  }),
]

const logged: { fields: Record<string, unknown>; message: string }[] = []
const log: Log = {
  ...silentLog,
  error: (given, message) => logged.push({ fields: given, message }),
}
const options = (more: Partial<WebOptions> = {}): WebOptions => ({
  routes: rows,
  authenticate: async ({ session, bearer }) =>
    session === 'good' || (session === 'leaving' && leaving)
      ? officer
      : bearer === 'token'
        ? { ...officer, via: 'token' }
        : null,
  permits: (_person, permission) =>
    permission.startsWith('camera.')
      ? { allowed: true, reasons: [] }
      : {
          allowed: false,
          reasons: [{ code: 'role', message: 'Only managers may', clause: 'derby-9.9-b' }],
        },
  healthy: async () => true,
  nav: [
    { href: '/cameras', text: 'Cameras', permission: 'camera.view' },
    { href: '/accounts', text: 'Accounts', permission: 'people.manage' },
  ],
  clauseWords: (id) => {
    const [, number] = /^derby-([\d.]+)-/.exec(id) ?? []
    return number === undefined ? null : { text: `Derby Homes ${number}`, href: `/policy/derby-homes#${id}` }
  },
  clock: manualClock(Date.UTC(2026, 10, 22)),
  log,
  publicUrl: null,
  csrfSecret: 'x'.repeat(32),
  ...more,
})

const cookieOf = (setCookie: string | string[] | undefined, name: string) =>
  [setCookie ?? []]
    .flat()
    .map((line) => line.split(';')[0]!)
    .find((line) => line.startsWith(`${name}=`)) ?? ''

describe('the web server', () => {
  let app: FastifyInstance
  before(async () => {
    app = await createWeb(
      options({
        webSockets: [
          {
            path: '/live',
            kind: 'session',
            permission: 'camera.view',
            messageBytesMax: 100,
            onConnection: (socket, person) =>
              socket.on('message', (data) => socket.send(`${person?.name} ${data}`)),
          },
          {
            path: '/recorder',
            kind: 'recorder',
            onConnection: (socket, person) => socket.send(String(person)),
          },
        ],
      }),
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(() => app.close())

  const signedIn = { cookies: { overt_session: 'good' } }

  /** A form as a browser has it: its cookies and its token. */
  async function openForm(cookies: Record<string, string>) {
    const page = await app.inject({ method: 'GET', url: '/cameras', cookies })
    const token = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    return { token, cookie: cookieOf(page.headers['set-cookie'], 'overt_form').slice('overt_form='.length) }
  }
  async function post(
    fieldsSent: Record<string, string>,
    headers: Record<string, string> = {},
    url = '/cameras',
  ) {
    const { token, cookie } = await openForm(signedIn.cookies)
    return app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      cookies: { overt_session: 'good', overt_form: cookie },
      payload: new URLSearchParams({ _csrf: token, ...fieldsSent }).toString(),
    })
  }

  test('what a page prints is escaped, and the page carries a strict policy for scripts', async () => {
    const page = await app.inject('/open')
    assert.equal(page.statusCode, 200)
    assert.match(page.body, /&lt;b&gt;open/)
    const policy = String(page.headers['content-security-policy'])
    assert.match(policy, /default-src 'none'/)
    const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1]
    assert.ok(nonce && page.body.includes(`<script nonce="${nonce}">`))
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(page.headers['cache-control'], 'no-store')
  })

  test('a page that needs a permission sends a stranger to sign in, and back to where they were', async () => {
    const page = await app.inject('/cameras/00000000-0000-7000-8000-000000000009?x=1')
    assert.equal(page.statusCode, 302)
    assert.equal(
      page.headers.location,
      '/sign-in?next=%2Fcameras%2F00000000-0000-7000-8000-000000000009%3Fx%3D1',
    )
    const api = await app.inject('/api/v1/cameras/00000000-0000-7000-8000-000000000009')
    assert.equal(api.statusCode, 401)
    assert.match(String(api.headers['content-type']), /^application\/problem\+json/)
  })

  test('a permission refused says why, by clause, and the handler is never called', async () => {
    const denying = await createWeb(
      options({
        permits: () => ({
          allowed: false,
          reasons: [{ code: 'role', message: 'Only managers may', clause: 'derby-9.9-b' }],
        }),
      }),
    )
    const page = await denying.inject({ url: '/cameras/00000000-0000-7000-8000-000000000009', ...signedIn })
    assert.equal(page.statusCode, 403)
    assert.match(page.body, /Only managers may/)
    assert.match(page.body, /Derby Homes 9\.9/)
    await denying.close()
  })

  test('the menu shows only what the person may open', async () => {
    const page = await app.inject({ url: '/cameras', ...signedIn })
    assert.match(page.body, /href="\/cameras"/)
    assert.doesNotMatch(page.body, /href="\/accounts"/)
  })

  test('a form from our own page is taken, answered by going elsewhere, and its words shown once', async () => {
    const answer = await post({ place: 'Hall' })
    assert.equal(answer.statusCode, 303)
    assert.equal(answer.headers.location, '/cameras')
    const flash = cookieOf(answer.headers['set-cookie'], 'overt_flash')
    const next = await app.inject({ url: '/cameras', headers: { cookie: `overt_session=good; ${flash}` } })
    assert.match(next.body, /Camera added/)
    assert.match(String(next.headers['set-cookie']), /overt_flash=;/)
  })

  test('a form without our token, with another session’s token, or from another website is refused unread', async () => {
    const seen = handled.length
    const bare = await app.inject({
      method: 'POST',
      url: '/cameras',
      ...signedIn,
      payload: 'place=Hall',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    assert.equal(bare.statusCode, 403)
    assert.match(bare.body, /too old to use/)
    const { token, cookie } = await openForm({ overt_session: 'good' })
    const other = await app.inject({
      method: 'POST',
      url: '/cameras',
      cookies: { overt_session: 'good2', overt_form: cookie },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `place=Hall&_csrf=${encodeURIComponent(token)}`,
    })
    assert.notEqual(other.statusCode, 303)
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const foreign = await post({ place: 'Hall' }, headers as Record<string, string>)
      assert.equal(foreign.statusCode, 403)
    }
    assert.equal(handled.length, seen)
  })

  test('a refused form keeps what was typed and says what to do beside the field', async () => {
    const long = await post({ place: '<A place with too long a name>' })
    assert.equal(long.statusCode, 422)
    assert.match(long.body, /<title>Error: Add a camera/)
    assert.match(long.body, /href="#place"/)
    assert.match(long.body, /The place must be 20 characters or fewer/)
    assert.match(long.body, /value="&lt;A place with too long a name&gt;"/)
    const empty = await post({ place: '  ' })
    assert.match(empty.body, /Enter the place/)
    const rule = await post({ place: 'taken' })
    assert.equal(rule.statusCode, 422)
    assert.match(rule.body, /A camera is there already/)
    assert.match(rule.body, /href="\/policy\/derby-homes#derby-4\.1-a"[^>]*>.*Derby Homes 4\.1</)
    assert.doesNotMatch(rule.body, />derby-4\.1-a/)
    assert.match(rule.body, /value="taken"/)
  })

  test('the three boxes of a date arrive as one day, and an impossible day is refused', async () => {
    assert.equal(
      (await post({ place: 'A', 'from-day': '3', 'from-month': '12', 'from-year': '2026' })).statusCode,
      303,
    )
    const bad = await post({ place: 'A', 'from-day': '31', 'from-month': '2', 'from-year': '2026' })
    assert.match(bad.body, /must be a real date/)
  })

  test('an upload is known by its bytes, not by its name, and is bounded', async () => {
    const { token, cookie } = await openForm(signedIn.cookies)
    const send = (bytes: Buffer, filename: string) => {
      const body = new FormData()
      body.set('_csrf', token)
      body.set('place', 'Hall')
      body.set('picture', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), filename)
      return fetch(`http://127.0.0.1:${(app.server.address() as { port: number }).port}/pictures`, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: { cookie: `overt_session=good; overt_form=${cookie}` },
      })
    }
    // A head, a frame, a scan; the coded pixels are 900 bytes with the end.
    const jpeg = (length: number) =>
      Buffer.concat([
        Buffer.from('ffd8ffc0000b080001000101011100ffda0008010100003f00', 'hex'),
        Buffer.alloc(length - 27),
        Buffer.from([0xff, 0xd9]),
      ])
    assert.equal((await send(jpeg(900), '../../x.jpg')).status, 303)
    const fake = await send(Buffer.from('<script>alert(1)</script>'), 'x.jpg')
    assert.equal(fake.status, 422)
    assert.match(await fake.text(), /The file must be JPEG/)
    for (const brand of ['heic', 'mif1']) {
      const iphone = await send(Buffer.from(`\0\0\0\x20ftyp${brand}\0\0\0\0`, 'latin1'), 'x.jpg')
      assert.equal(iphone.status, 422)
      assert.match(await iphone.text(), /The file must be JPEG\. .*HEIC.*Most Compatible/)
    }
    const film = await send(Buffer.from('\0\0\0\x20ftypisom\0\0\0\0', 'latin1'), 'x.jpg')
    assert.doesNotMatch(await film.text(), /HEIC/)
    const big = await send(jpeg(1001), 'x.jpg')
    assert.match(await big.text(), /or smaller/)
    const least = await send(jpeg(1000), 'x.jpg')
    assert.equal(least.status, 303)
    const cut = await send(jpeg(900).subarray(0, 880), 'x.jpg')
    assert.equal(cut.status, 422)
    assert.match(await cut.text(), /damaged or not whole/)
  })

  test('no handler ever sees where or by whom a picture was taken', async () => {
    const { token, cookie } = await openForm(signedIn.cookies)
    const bare = Buffer.from('ffd8ffc0000b080001000101011100ffda0008010100003f0011ffd9', 'hex')
    const told = Buffer.concat([
      bare.subarray(0, 2),
      Buffer.from([0xff, 0xfe, 0, 11]),
      Buffer.from('serial 12'),
      bare.subarray(2),
    ])
    const body = new FormData()
    body.set('_csrf', token)
    body.set('place', 'Hall')
    body.set('picture', new Blob([new Uint8Array(told)], { type: 'image/jpeg' }), 'x.jpg')
    const sent = await fetch(`http://127.0.0.1:${(app.server.address() as { port: number }).port}/pictures`, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { cookie: `overt_session=good; overt_form=${cookie}` },
    })
    assert.equal(sent.status, 303)
    const flash = /overt_flash=([^.;]+)/.exec(sent.headers.getSetCookie().join())?.[1] ?? ''
    assert.equal(Buffer.from(flash, 'base64url').toString(), `x.jpg ${bare.length}`)
  })

  test('the same row answers a program with a token, without CSRF, and refuses a wrong token everywhere', async () => {
    const headers = { authorization: 'Bearer token' }
    const made = await app.inject({
      method: 'POST',
      url: '/api/v1/cameras',
      headers,
      payload: { place: 'Hall' },
    })
    assert.equal(made.statusCode, 201)
    assert.deepEqual(made.json(), { place: 'Hall' })
    const bad = await app.inject({ method: 'POST', url: '/api/v1/cameras', headers, payload: { place: 7 } })
    assert.equal(bad.statusCode, 422)
    assert.equal(bad.json().errors[0].field, 'place')
    const place = { place: 'forbidden' }
    const refused = await app.inject({ method: 'POST', url: '/api/v1/cameras', headers, payload: place })
    assert.equal(refused.statusCode, 403)
    assert.equal(refused.json().errors[0].message, 'Not there')
    assert.doesNotMatch(refused.json().detail, /role/, 'the policy refuses it, whoever asks')
    const wrong = await app.inject({ url: '/api/v1/open', headers: { authorization: 'Bearer no' } })
    assert.equal(wrong.statusCode, 401)
    const session = await app.inject({
      method: 'POST',
      url: '/api/v1/cameras',
      ...signedIn,
      payload: { place: 'Hall' },
    })
    assert.equal(session.statusCode, 403, 'a session without a CSRF token cannot post to the API')
    const onPage = await app.inject({ url: '/cameras', headers })
    assert.equal(onPage.statusCode, 302, 'a token does not open pages')
  })

  test('a machine enrols with JSON at its own address; no session is looked at', async () => {
    const given = await app.inject({
      method: 'POST',
      url: '/machine/enrol',
      ...signedIn,
      payload: { token: 't' },
    })
    assert.deepEqual(given.json(), { token: 't', session: null })
    const bad = await app.inject({ method: 'POST', url: '/machine/enrol', payload: {} })
    assert.equal(bad.statusCode, 422)
    assert.match(String(bad.headers['content-type']), /problem\+json/)
  })

  test('no words of an error of ours reach a browser; the reference it shows is in the log', async () => {
    for (const how of ['bug', 'unavailable', 'data-loss']) {
      const page = await app.inject(`/broken/${how}`)
      assert.doesNotMatch(page.body, /secret/)
      const reference = /overt-reference">([0-9A-Z]{8})</.exec(page.body)?.[1]
      assert.ok(reference)
      assert.ok(
        logged.some(
          (line) => line.fields['reference'] === reference && String(line.fields['story']).includes('secret'),
        ),
      )
    }
    assert.equal((await app.inject('/broken/conflict')).statusCode, 409)
    assert.equal((await app.inject('/broken/no-room')).statusCode, 507)
    const api = await app.inject('/api/v1/broken/bug')
    assert.equal(api.statusCode, 500)
    assert.doesNotMatch(api.body, /secret/)
  })

  test('an address that does not exist says what to do, also when an id is not an id', async () => {
    const page = await app.inject('/nothing')
    assert.equal(page.statusCode, 404)
    assert.match(page.body, /Page not found/)
    assert.equal((await app.inject({ url: '/cameras/not-an-id', ...signedIn })).statusCode, 404)
    const api = await app.inject('/api/v1/nothing')
    assert.equal(api.json().status, 404)
  })

  test('HEAD and a trailing slash answer like the page itself', async () => {
    assert.equal((await app.inject({ method: 'HEAD', url: '/open' })).statusCode, 200)
    assert.equal((await app.inject('/open/')).statusCode, 200)
  })

  test('a stream is sent as it comes, with its name', async () => {
    const file = await app.inject('/stream')
    assert.equal(file.body, 'one two')
    assert.match(String(file.headers['content-disposition']), /filename\*=UTF-8''%C3%A9\.txt/)
  })

  test('health says ok only when it is', async () => {
    assert.deepEqual((await app.inject('/health')).json(), { status: 'ok' })
    const ill = await createWeb(
      options({
        healthy: async () => {
          throw new Error('no database')
        },
      }),
    )
    const failing = await ill.inject('/health')
    assert.equal(failing.statusCode, 503)
    assert.deepEqual(failing.json(), { status: 'failing' })
    await ill.close()
    // Nothing fails, and yet nothing is recorded.
    const alone = await createWeb(options({ healthy: async () => 'no-recorder' }))
    const unwell = await alone.inject('/health')
    assert.equal(unwell.statusCode, 503)
    assert.deepEqual(unwell.json(), { status: 'no-recorder' })
    await alone.close()
  })

  test('assets are served under the hash of their content, for ever', async () => {
    const page = await app.inject('/open')
    const style = /href="(\/assets\/overt\.[0-9a-f]{16}\.css)"/.exec(page.body)?.[1]
    assert.ok(style)
    const css = await app.inject({ url: style, headers: { 'accept-encoding': 'br' } })
    assert.equal(css.headers['content-encoding'], 'br')
    assert.match(String(css.headers['cache-control']), /immutable/)
    const plain = await app.inject(style)
    for (const url of plain.body.matchAll(/url\(["']?([^"')]+)/g)) {
      const address = url[1]!
      if (address.startsWith('data:')) continue
      const found = await app.inject(`/assets/${address}`)
      assert.equal(found.statusCode, 200, address)
    }
    assert.equal((await app.inject('/assets/..%2f..%2fpackage.json')).statusCode, 404)
  })

  test('too many requests from one address are told to wait', async () => {
    const small = await createWeb(options({ routes: [{ ...rows[0]!, rateMax: 2 }] }))
    await small.inject('/open')
    await small.inject('/open')
    const third = await small.inject('/open')
    assert.equal(third.statusCode, 429)
    assert.match(third.body, /Wait a minute/)
    await small.close()
  })

  test('who calls too often gains nothing by naming another address', async () => {
    const behind = await createWeb(
      options({ publicUrl: 'https://cctv.example', routes: [{ ...rows[0]!, rateMax: 2 }] }),
    )
    const ask = async (remoteAddress: string, forwarded: string) =>
      (await behind.inject({ url: '/open', remoteAddress, headers: { 'x-forwarded-for': forwarded } }))
        .statusCode
    // A proxy on this machine adds whom it saw; the caller, in a private network too, wrote the rest.
    const answers = []
    for (const made of ['198.51.100.1', '198.51.100.2', '198.51.100.3'])
      answers.push(await ask('127.0.0.1', `${made}, 10.1.2.3`))
    assert.deepEqual(answers, [200, 200, 429])
    assert.equal(await ask('127.0.0.1', '10.1.2.4'), 200, 'somebody else is somebody else')
    const six = []
    for (const seat of ['1', '2', '3']) six.push(await ask('127.0.0.1', `2001:db8:7:7::${seat}`))
    assert.deepEqual(six, [200, 200, 429], 'one office with many addresses')
    const straight = []
    for (const made of ['198.51.100.1', '198.51.100.2', '198.51.100.3'])
      straight.push(await ask('203.0.113.5', made))
    assert.deepEqual(straight, [200, 200, 429], 'from outside nobody is believed')
    await behind.close()
  })

  test('a body larger than the limit is refused', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/cameras',
      headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
      payload: JSON.stringify({ place: 'x'.repeat(300_000) }),
    })
    assert.equal(answer.statusCode, 413)
  })

  test('a body of nothing but brackets is refused and breaks nothing', async () => {
    for (const depth of [25, 60_000]) {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/v1/cameras',
        headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
        payload: `{"place":${'['.repeat(depth)}${']'.repeat(depth)}}`,
      })
      assert.equal(answer.statusCode, 422, String(depth))
    }
  })

  test('with https the cookies are secure and the browser is told to stay with it', async () => {
    const secure = await createWeb(options({ publicUrl: 'https://cctv.example' }))
    const page = await secure.inject({ url: '/cameras', cookies: { '__Host-overt_session': 'good' } })
    assert.match(String(page.headers['set-cookie']), /__Host-overt_form=[^;]+;.*Secure/)
    assert.match(String(page.headers['strict-transport-security']), /max-age/)
    await secure.close()
  })

  test('a WebSocket of ours needs our origin, a session and the permission; a recorder’s needs none', async () => {
    const base = `ws://127.0.0.1:${(app.server.address() as { port: number }).port}`
    const origin = base.replace('ws', 'http')
    const open = (path: string, headers: Record<string, string>) =>
      new Promise<WebSocket | number>((resolve) => {
        const socket = new WebSocket(base + path, { headers })
        socket.once('open', () => resolve(socket))
        socket.once('unexpected-response', (request, response) => {
          resolve(response.statusCode ?? 0)
          request.destroy()
        })
        socket.on('error', () => undefined)
      })
    assert.equal(await open('/live', { cookie: 'overt_session=good' }), 403)
    assert.equal(await open('/live', { cookie: 'overt_session=good', origin: 'https://evil.example' }), 403)
    assert.equal(await open('/live', { origin }), 401)
    const socket = await open('/live', { cookie: 'overt_session=good', origin })
    assert.ok(socket instanceof WebSocket)
    const heard = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))))
    socket.send('hello')
    assert.equal(await heard, 'Olu Officer hello')
    const leaver = await open('/live', { cookie: 'overt_session=leaving', origin })
    assert.ok(leaver instanceof WebSocket)
    const out = new Promise((resolve) => leaver.once('close', resolve))
    leaving = false
    assert.equal(await out, 1008, 'who is signed out leaves a running connection too')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.send('x'.repeat(101))
    assert.equal(await closed, 1009)
    const recorder = await open('/recorder', {})
    assert.ok(recorder instanceof WebSocket)
    recorder.terminate()
  })
})

describe('start-up', () => {
  const refuses = (row: unknown, words: RegExp, more: Partial<WebOptions> = {}) =>
    assert.rejects(createWeb(options({ routes: [row as Route], ...more })), words)
  const good = rows[0]!

  test('refuses a row without a permission, without a ledger event or reason, or twice the same address', async () => {
    await refuses({ ...good, permission: '' }, /there is no permission/)
    await refuses({ ...good, ledger: undefined }, /say which ledger event/)
    await refuses({ ...good, ledger: { none: '' } }, /say which ledger event/)
    await refuses({ ...good, path: 'open' }, /the path must start/)
    await refuses({ ...good, path: '/api/x' }, /served by web itself/)
    await refuses({ ...good, method: 'DELETE' }, /cannot DELETE/)
    await refuses({ ...good, permission: 'camera.vieww' }, /not in the list/, {
      permissions: ['camera.view'],
    })
    await refuses({ ...good, machine: true }, /a machine row/)
    await refuses({ ...good, ledger: 'x.y' }, /not in any room/, { ledgerKinds: ['a.b'] })
    await assert.rejects(
      createWeb(
        options({
          routes: [
            { ...good, path: '/a/:b' },
            { ...good, path: '/a/:c' },
          ],
        }),
      ),
      /the same address/,
    )
  })
})
