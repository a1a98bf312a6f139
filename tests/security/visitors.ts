/** Everybody who may come to a demo's door: its staff by browser and by token, and a stranger. Plain HTTP, no browser. */
import assert from 'node:assert/strict'

// biome-ignore lint/suspicious/noExplicitAny: answers differ per path; whoever asks knows the shape
type Json = any

export type Given = {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  text(): string
  json(): Json
}

export type Visitor = {
  readonly name: string
  cookie(): string
  /** The CSRF token of this session's forms. */
  readonly csrf: string
  /** Exactly this request, with the session's cookie and nothing added. */
  raw(
    method: string,
    path: string,
    init?: { headers?: Record<string, string>; body?: string | FormData },
  ): Promise<Given>
  get(path: string): Promise<Given>
  /** As a form of ours would send it. */
  post(path: string, body?: Readonly<Record<string, unknown>> | FormData): Promise<Given>
}

export async function send(
  url: string,
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: string | FormData } = {},
): Promise<Given> {
  const answer = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
    ...init,
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return {
    status: answer.status,
    headers: answer.headers,
    bytes,
    text: () => bytes.toString(),
    json: () => JSON.parse(bytes.toString()),
  }
}

const csrfIn = (page: string): string => /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''

/** Headers of every request of a visitor: what a proxy in front of the hub says of them, and the address it has. */
type Always = Readonly<Record<string, string>>

function visitor(
  url: string,
  name: string,
  jar: Map<string, string>,
  csrf: string,
  always: Always = {},
): Visitor {
  const cookie = () => [...jar].map(([key, value]) => `${key}=${value}`).join('; ')
  const raw: Visitor['raw'] = (method, path, init = {}) =>
    send(url, method, path, {
      ...init,
      headers: { ...(jar.size > 0 ? { cookie: cookie() } : {}), ...init.headers, ...always },
    })
  return {
    name,
    cookie,
    csrf,
    raw,
    get: (path) => raw('GET', path),
    post(path, body = {}) {
      const sent =
        body instanceof FormData
          ? { body, headers: {} }
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      return raw('POST', path, {
        body: sent.body,
        headers: { ...sent.headers, 'x-csrf-token': csrf, origin: url },
      })
    },
  }
}

export const stranger = (url: string): Visitor => visitor(url, 'a stranger', new Map(), '')

/** Who carries a bearer token. */
export function bearer(url: string, name: string, token: string): Visitor {
  const raw: Visitor['raw'] = (method, path, init = {}) =>
    send(url, method, path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
  return {
    name: `${name}'s program`,
    cookie: () => '',
    csrf: '',
    raw,
    get: (path) => raw('GET', path),
    post: (path, body = {}) =>
      raw('POST', path, {
        ...(body instanceof FormData
          ? { body }
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
  }
}

/** Fills in the one form by which somebody gets a session: the signing in, a first password, or a new installation. */
async function enter(
  url: string,
  name: string,
  path: string,
  typed: Readonly<Record<string, string>>,
  always: Always = {},
): Promise<Visitor> {
  const jar = new Map<string, string>()
  const keep = (given: Given) => {
    for (const line of given.headers.getSetCookie()) {
      const pair = line.split(';')[0]!
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
  }
  const anybody = visitor(url, name, jar, '', always)
  const form = await anybody.get(path)
  keep(form)
  const done = await anybody.raw('POST', path, {
    body: new URLSearchParams({ _csrf: csrfIn(form.text()), ...typed }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url },
  })
  assert.equal(done.status, 303, `${name} could not enter at ${path}: ${done.text().slice(0, 300)}`)
  keep(done)
  const account = await anybody.get('/account')
  keep(account)
  return visitor(url, name, jar, csrfIn(account.text()), always)
}

export const signIn = (url: string, username: string, password: string): Promise<Visitor> =>
  enter(url, username, '/sign-in', { username, password })

/** Chooses the first password at the link of an invitation, which signs them in. */
export const welcome = (url: string, name: string, path: string, password: string, always: Always) =>
  enter(url, name, path, { password }, always)

/** Becomes the first administrator of a new installation. */
export const setUp = (
  url: string,
  path: string,
  typed: {
    readonly pack: string
    readonly username: string
    readonly name: string
    readonly password: string
  },
  always: Always,
): Promise<Visitor> => enter(url, typed.username, path, typed, always)

/** Names and passwords from the table that a demo prints. */
export const passwordsIn = (words: string): ReadonlyMap<string, string> =>
  new Map(
    [...words.matchAll(/^ {2}([a-z]+) +([a-z]+-[a-z]+-[a-z]+-\d+) /gm)].map((found) => [
      found[1]!,
      found[2]!,
    ]),
  )
