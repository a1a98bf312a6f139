/**
 * A day at a made-up landlord's: the real `demo` in a home of its own, its staff at real browsers and at the API, each
 * signed in with the password that the terminal printed. Nothing here knows how Overt works inside.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { createEstate, type Estate } from '#tests/fault/estate.ts'
import { here } from '#tests/here.ts'
import { launchBrowser, type Visitor } from './browser.ts'

const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

// biome-ignore lint/suspicious/noExplicitAny: answers differ per path; whoever asks knows the shape
type Json = any

/** An answer of the API as it came: the status is part of what is promised. */
export type Answered = {
  readonly status: number
  readonly mime: string
  readonly bytes: Buffer
  json(): Json
}

export type Work = {
  readonly estate: Estate
  /** From the command to `ready`, ms. */
  readonly readyMs: number
  /** This person's browser, signed in; the same one each time. */
  at(username: string): Promise<Visitor>
  /** A browser of somebody outside, without any session. */
  stranger(): Promise<Page>
  /** Asks a path of the site with this person's session (null: nobody's), as somebody guessing addresses would. */
  ask(username: string | null, path: string, init?: RequestInit): Promise<Answered>
  /** The JSON API with this person's session; throws unless it answers 2xx. */
  get(username: string, path: string): Promise<Json>
  /** A command of `npm run overt --`, beside the running home. */
  overt(...args: string[]): Promise<{ readonly code: number; readonly words: string }>
  close(): Promise<void>
}

/** Looks until `look` gives something (null, undefined and false are nothing); the last failure is told when time is over. */
export async function until<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T | null | undefined | false>,
): Promise<{ readonly value: NonNullable<T>; readonly afterMs: number }> {
  const began = performance.now()
  const limitMs = here(withinMs)
  let trouble: unknown = 'it was never so'
  while (performance.now() - began < limitMs) {
    try {
      const value = await look()
      if (value !== null && value !== undefined && value !== false)
        return { value, afterMs: performance.now() - began }
    } catch (error) {
      trouble = error
    }
    await wait(60)
  }
  throw new Error(`${what}: not within ${Math.round(limitMs)} ms`, { cause: trouble })
}

export async function beginWork(): Promise<Work> {
  const estate = await createEstate()
  const began = performance.now()
  try {
    await estate.start()
  } catch (error) {
    await estate.stop()
    await estate.remove()
    throw error
  }
  const readyMs = performance.now() - began
  const passwords = new Map(
    // The table under `ready`: two spaces, name, password, role.
    [...estate.words().matchAll(/^ {2}([a-z]+) +([a-z]+-[a-z]+-[a-z]+-\d+) /gm)].map((found) => [
      found[1]!,
      found[2]!,
    ]),
  )
  const browser = await launchBrowser()
  const visitors = new Map<string, Promise<Visitor>>()

  async function signedIn(username: string): Promise<Visitor> {
    const password = passwords.get(username)
    assert.ok(password, `the terminal named no password for ${username}:\n${estate.words()}`)
    const visitor = await browser.visitor(estate.url())
    await visitor.visit('/sign-in')
    await visitor.fill('Username', username)
    await visitor.fill('Password', password)
    await visitor.press('Sign in')
    return visitor
  }
  const at = (username: string): Promise<Visitor> => {
    let visitor = visitors.get(username)
    if (visitor === undefined) {
      visitor = signedIn(username)
      visitors.set(username, visitor)
    }
    return visitor
  }
  async function ask(username: string | null, path: string, init: RequestInit = {}): Promise<Answered> {
    const cookies = username === null ? [] : await (await at(username)).context.cookies()
    const answer = await fetch(new URL(path, estate.url()), {
      redirect: 'manual',
      ...init,
      headers: {
        ...(init.headers as Record<string, string>),
        ...(cookies.length > 0
          ? { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }
          : {}),
      },
      signal: AbortSignal.timeout(20_000),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const mime = (answer.headers.get('content-type') ?? '').split(';')[0]!
    return { status: answer.status, mime, bytes, json: () => JSON.parse(bytes.toString()) }
  }
  return {
    estate,
    readyMs,
    at,
    stranger: async () => (await browser.browser.newContext()).newPage(),
    ask,
    async get(username, path) {
      const answer = await ask(username, `/api/v1${path}`)
      assert.ok(
        answer.status >= 200 && answer.status < 300,
        `${path} answered ${answer.status}: ${answer.bytes.toString().slice(0, 500)}`,
      )
      return answer.json()
    },
    overt: (...args) =>
      new Promise((resolve) => {
        const env = {
          ...process.env,
          OVERT_HOME: estate.home,
          OVERT_KEYRING: estate.keyring,
          NODE_NO_WARNINGS: '1',
        }
        execFile(process.execPath, [program, ...args], { env }, (error, out, err) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), words: `${out}${err}` }),
        )
      }),
    async close() {
      await browser.close()
      await estate.stop()
      await estate.remove()
    },
  }
}

/** The id of a camera by the words in its label, as this person's list has it. */
export async function cameraCalled(work: Work, username: string, label: RegExp): Promise<Json> {
  const cameras: Json[] = await work.get(username, '/cameras')
  const found = cameras.find((camera) => label.test(camera.label))
  assert.ok(found, `${username} sees no camera ${label}: ${cameras.map(({ label: one }) => one).join(', ')}`)
  return found
}
