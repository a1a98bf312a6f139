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

function visitor(url: string, name: string, jar: Map<string, string>, csrf: string): Visitor {
  const cookie = () => [...jar].map(([key, value]) => `${key}=${value}`).join('; ')
  const raw: Visitor['raw'] = (method, path, init = {}) =>
    send(url, method, path, {
      ...init,
      headers: { ...(jar.size > 0 ? { cookie: cookie() } : {}), ...init.headers },
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

export async function signIn(url: string, username: string, password: string): Promise<Visitor> {
  const jar = new Map<string, string>()
  const keep = (given: Given) => {
    for (const line of given.headers.getSetCookie()) {
      const pair = line.split(';')[0]!
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
  }
  const anybody = visitor(url, username, jar, '')
  const form = await anybody.get('/sign-in')
  keep(form)
  const body = new URLSearchParams({ _csrf: csrfIn(form.text()), username, password }).toString()
  const done = await anybody.raw('POST', '/sign-in', {
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url },
  })
  assert.equal(done.status, 303, `${username} could not sign in: ${done.text().slice(0, 300)}`)
  keep(done)
  const account = await anybody.get('/account')
  keep(account)
  return visitor(url, username, jar, csrfIn(account.text()))
}

/** Names and passwords from the table that a demo prints. */
export const passwordsIn = (words: string): ReadonlyMap<string, string> =>
  new Map(
    [...words.matchAll(/^ {2}([a-z]+) +([a-z]+-[a-z]+-[a-z]+-\d+) /gm)].map((found) => [
      found[1]!,
      found[2]!,
    ]),
  )
