/**
 * visitor: somebody at a browser, without the browser: signs in through the form like a person and then asks for pages,
 * or speaks to the JSON API with the session. The demo is set up by it, so that nothing in it came about otherwise than
 * by the doors people use; it also takes the made-up photos of signs that an installer would. Never: knows what is behind those doors.
 */
import { Failure } from '#base/base.ts'

export { signPhoto } from './sign-photo.ts'

export type Client = {
  get(path: string): Promise<Json>
  post(path: string, body: Readonly<Record<string, unknown>> | FormData): Promise<Json>
  /** A page as its reader gets it, refusals included. */
  page(path: string): Promise<{ readonly status: number; readonly text: string }>
}
// biome-ignore lint/suspicious/noExplicitAny: answers differ per route; whoever asks knows the shape
type Json = any

/** Cookies of one visitor, as far as one site needs them. */
function jar() {
  const kept = new Map<string, string>()
  return {
    header: (): string => [...kept].map(([name, value]) => `${name}=${value}`).join('; '),
    keep(answer: Response): void {
      for (const line of answer.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        const at = pair.indexOf('=')
        kept.set(pair.slice(0, at), pair.slice(at + 1))
      }
    },
  }
}

const tokenIn = (page: string): string => /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''

/** @throws Failure('unauthenticated') when the name or password isn't right */
export async function signInAs(url: string, username: string, password: string): Promise<Client> {
  const cookies = jar()
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(new URL(path, url), {
      ...init,
      redirect: 'manual',
      headers: {
        ...(init.headers as Record<string, string>),
        cookie: cookies.header(),
        origin: new URL(url).origin,
      },
    })
    cookies.keep(answer)
    return answer
  }
  const form = await (await send('/sign-in')).text()
  const signedIn = await send('/sign-in', {
    method: 'POST',
    body: new URLSearchParams({ _csrf: tokenIn(form), username, password }),
  })
  if (signedIn.status !== 303) throw new Failure('unauthenticated', `${username} could not sign in`)
  const token = tokenIn(await (await send('/account')).text())
  const read = async (what: string, answer: Response): Promise<Json> => {
    const text = await answer.text()
    if (!answer.ok)
      throw new Failure('conflict', `${what} was refused (${answer.status}): ${text.slice(0, 2_000)}`)
    return text === '' ? null : JSON.parse(text)
  }
  return {
    async page(path) {
      const answer = await send(path)
      return { status: answer.status, text: await answer.text() }
    },
    get: async (path) => read(path, await send(`/api/v1${path}`)),
    async post(path, body) {
      const sent =
        body instanceof FormData
          ? { body, headers: { 'x-csrf-token': token } }
          : {
              body: JSON.stringify(body),
              headers: { 'x-csrf-token': token, 'content-type': 'application/json' },
            }
      return read(path, await send(`/api/v1${path}`, { method: 'POST', ...sent }))
    },
  }
}
