/**
 * For tests: a hub's footage room on real PostgreSQL, keyring, pages and link, one landlord's camera, and a recorder
 * that seals reels in memory and speaks the real link. Authority and the clock are the test's to set.
 */

import { spawn } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type Clock,
  civilDay,
  type Log,
  manualClock,
  newId,
  newSecret,
  silentLog,
  startOfDayMs,
} from '#base/base.ts'
import { openCase } from '#casework/casework.ts'
import { inTransaction, type Sql } from '#engine/engine.ts'
import {
  decodeHubMessage,
  encodeFrame,
  encodeMessage,
  type HubMessage,
  newNonce,
  type RecorderMessage,
  recorderProof,
} from '#formats/link/link.ts'
import { encodeNoteKey } from '#formats/log/log.ts'
import { signCertificate, signerFromSeed } from '#formats/mandate/mandate.ts'
import {
  chainBytes,
  createReelSealer,
  encodeIndex,
  type ReelSealer,
  recordHeaderBytes,
} from '#formats/reel/reel.ts'
import { able } from '#policy/policy.ts'
import { adoptPacks, goneUnder, keepings, openProviders } from '#providers/providers.ts'
import { insertCamera, insertSite, insertSystem } from '#register/register.ts'
import { testDatabase } from '#tests/database.ts'
import { qualified } from '#tests/qualified.ts'
import { type Credentials, createWeb, type Person } from '#web/web.ts'
import type { AuthorityInterval, FootageDeps } from './deps.ts'
import { openKeyring } from './keyring/keyring.ts'
import { createEnrolmentToken } from './link/enrolment.ts'
import { footageRoutes } from './routes.ts'
import { startFootage } from './start.ts'
import { intervalFor } from './viewing/authority.ts'

export const noon = Date.parse('2026-11-22T12:00:00Z')
export const zone = 'Europe/London'
export const provider = 'derby-homes'
export const retentionDays = 31

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 600; n += 1) {
    if (await holds()) return
    await delay(10)
  }
  throw new Error(`waited in vain: ${what}`)
}

export function staff(role: string, more: Partial<Person> = {}): Person {
  const id = newId(noon)
  return {
    id,
    name: `${role} ${id.slice(-4)}`,
    username: `u${id.slice(-6)}`,
    roles: [{ provider, role, areas: [] }],
    qualifications: qualified(provider),
    administrator: false,
    via: 'session',
    ...more,
  }
}

export type RigOptions = {
  readonly log?: Log
  /** Another database than the tests' own (whose fsync is off). */
  readonly db?: { readonly sql: Sql; drop(): Promise<void> }
  readonly clock?: Clock
  /** Other packs than the repository's own. */
  readonly policies?: string
  /** Of the landlord's pack; the newest when not given. */
  readonly version?: string
  /** Days for which a day's keys are kept when they are made, at the moment. */
  readonly retention?: () => number
  readonly authenticate?: (credentials: Credentials) => Promise<Person | null>
}

export async function testFootage(options: RigOptions = {}) {
  const log = options.log ?? silentLog
  const db = options.db ?? (await testDatabase())
  const folder = await mkdtemp(join(tmpdir(), 'overt-footage-'))
  const manual = manualClock(noon)
  const clock: Clock = options.clock ?? manual
  const packs = await openProviders({
    sql: db.sql,
    folder: options.policies ?? join(import.meta.dirname, '..', '..', 'policies'),
    clock,
    log,
  })
  await inTransaction(db.sql, (tx) =>
    adoptPacks(tx, packs, [
      { slug: provider, by: null, nowMs: noon, ...(options.version ? { version: options.version } : {}) },
    ]),
  )
  await packs.refresh()
  const by = newId(noon)
  const cameraId = await inTransaction(db.sql, async (tx) => {
    const siteId = await insertSite(tx, {
      provider,
      name: 'Elm Court',
      address: ['1 Example Street'],
      kind: 'communal',
      timeZone: zone,
      area: null,
      by,
      nowMs: noon,
    })
    const systemId = await insertSystem(tx, {
      provider,
      siteId,
      name: 'Hallway',
      purposes: [],
      managerId: null,
      by,
      nowMs: noon,
    })
    return insertCamera(tx, {
      provider,
      systemId,
      label: 'Hall camera',
      position: 'Over the door',
      by,
      nowMs: noon,
    })
  })
  const caseReference = (
    await inTransaction(db.sql, (tx) =>
      openCase(tx, {
        provider,
        kind: 'antisocial-behaviour',
        title: 'Noise at night',
        theirReference: null,
        by,
        nowMs: noon,
      }),
    )
  ).reference

  const intervals: (AuthorityInterval & { cameraId: string })[] = []
  const overruns = new Map<string, number>()
  const stills: Buffer[] = []
  const root = signerFromSeed(Buffer.alloc(32, 1))
  const signer = signerFromSeed(Buffer.alloc(32, 2))
  const certificate = signCertificate(root, {
    publicKey: signer.publicKey,
    fromMs: 0,
    untilMs: noon + 4000 * 86_400_000,
  })
  const people = new Map<string, Person>()
  /** The recorder whose the camera is. */
  let enrolled = ''

  async function boot() {
    const keyring = await openKeyring({
      folder: join(folder, 'keyring'),
      copy: join(folder, 'keyring-copy'),
      passphrase: null,
      expectedId: null,
      nowMs: clock.nowMs(),
      log,
    })
    const deps: FootageDeps = {
      sql: db.sql,
      clock,
      log,
      keyring,
      packs,
      hub: {
        name: 'Test hub',
        rootKey: root.publicKey,
        ledgerKey: encodeNoteKey({
          name: 'overt/test/2026',
          publicKey: Buffer.from(signer.publicKey, 'base64url'),
        }),
        signing: async () => ({ signer, certificate }),
      },
      authority: {
        intervals: async (id) => intervals.filter((one) => one.cameraId === id),
        mandateOf: async (id) => {
          const interval = intervals.find((one) => one.mandateId === id)
          return interval === undefined ? null : { cameraId: interval.cameraId, recorderId: enrolled }
        },
        bundle: async () => null,
        withdrawal: async () => null,
        retention: async (_id, day, until) => ({
          days: options.retention?.() ?? retentionDays,
          clause:
            until === undefined
              ? packs.packOf(provider).values.retentionDays.clause
              : (goneUnder(keepings(packs, provider), day, until)?.clause ?? null),
        }),
        deploymentType: async (id, atMs) =>
          intervalFor(
            intervals.filter((one) => one.cameraId === id),
            atMs,
          ) === null
            ? null
            : 'communal-temporary',
        noteOverrun: async (mandateId, ms) => void overruns.set(mandateId, ms),
        async recordReference({ jpeg }) {
          stills.push(Buffer.from(jpeg))
          return { ok: true, value: null }
        },
      },
      camerasOf: async (id) =>
        id === enrolled
          ? intervals.slice(0, 1).map((one) => ({
              camera: one.cameraId,
              url: 'rtsp://127.0.0.1:1/',
              username: null,
              password: null,
            }))
          : [],
      namesOf: async () => new Map(),
      rightsOf: async (id) => [...people.values()].find((person) => person.id === id) ?? null,
    }
    const footage = await startFootage({ ...deps, jobs: null })
    const web = await createWeb({
      routes: footageRoutes({ ...deps, footage }),
      webSockets: footage.webSockets,
      authenticate:
        options.authenticate ?? (async ({ session, bearer }) => people.get(session ?? bearer ?? '') ?? null),
      permits: (person, permission) => {
        if (person.administrator && permission === 'recorder.enrol') return { allowed: true, reasons: [] }
        return able(
          packs.packOf(provider),
          { roles: person.roles.map(({ role }) => role), administrator: false },
          permission as never,
        )
      },
      healthy: () => footage.recorderHealthy(),
      nav: [],
      clock,
      log,
      publicUrl: null,
      csrfSecret: 'a'.repeat(64),
    })
    await web.listen({ host: '127.0.0.1', port: 0 })
    const { port } = web.server.address() as AddressInfo
    return {
      keyring,
      deps,
      footage,
      web,
      url: `http://127.0.0.1:${port}`,
      async close() {
        await web.close()
        await footage.close()
        await keyring.close()
      },
    }
  }

  let hub = await boot()
  return {
    db,
    clock: manual,
    packs,
    folder,
    cameraId,
    caseReference,
    intervals,
    overruns,
    stills,
    hub: () => hub,
    /** Stops the hub and starts it anew on the same database and keyring, as after a crash. */
    async restart(between?: () => Promise<void>) {
      await hub.close()
      await between?.()
      hub = await boot()
    },
    /** Authority for the camera from now; ends at `untilMs` unless cut short by changing the interval. */
    authorise(fromMs: number, untilMs: number, kind: AuthorityInterval['class'] = 'ordinary'): string {
      const mandateId = newId(fromMs)
      intervals.push({ cameraId, fromMs, untilMs, mandateId, class: kind })
      return mandateId
    },
    endAuthority(mandateId: string, endedMs: number): void {
      const at = intervals.findIndex((one) => one.mandateId === mandateId)
      intervals[at] = { ...intervals[at]!, untilMs: endedMs }
    },
    signIn(person: Person): {
      token: string
      get(path: string): Promise<Response>
      post(path: string, body: object): Promise<Response>
    } {
      const token = newSecret()
      people.set(token, person)
      const headers = { authorization: `Bearer ${token}` }
      return {
        token,
        get: (path) => fetch(`${hub.url}${path}`, { headers, redirect: 'manual' }),
        post: (path, body) =>
          fetch(`${hub.url}${path}`, {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(body),
            redirect: 'manual',
          }),
      }
    },
    async enrolRecorder() {
      const token = await createEnrolmentToken(db.sql, { name: 'Plant room', nowMs: clock.nowMs(), by: null })
      const recorder = await TestRecorder.enrol(
        token,
        () => hub.url,
        () => clock.nowMs(),
        cameraId,
      )
      if (enrolled === '') enrolled = recorder.id
      await db.sql`update register.camera set recorder_id = ${recorder.id} where id = ${cameraId}`
      return recorder
    },
    async close() {
      await hub.close()
      await db.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type TestFootage = Awaited<ReturnType<typeof testFootage>>

/** Real video in pieces: an initialisation segment and fragments of two seconds. */
export type Film = { readonly codec: string; readonly init: Buffer; readonly fragments: readonly Buffer[] }

/** Makes a film with Debian's ffmpeg: a moving test picture of `seconds`, 15 frames a second, H.264 baseline. */
export async function makeFilm(folder: string, seconds: number): Promise<Film> {
  const path = join(folder, 'film.mp4')
  const filter = `testsrc2=s=640x360:r=15,drawbox=x='mod(t*40,640)':y=200:w=60:h=90:color=white:t=fill`
  const child = spawn(
    'ffmpeg',
    [
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      filter,
      '-t',
      String(seconds),
      '-c:v',
      'libx264',
      '-profile:v',
      'baseline',
      '-level',
      '3.0',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '30',
      '-keyint_min',
      '30',
      '-sc_threshold',
      '0',
      '-video_track_timescale',
      '90000',
      '-movflags',
      'frag_keyframe+empty_moov+default_base_moof',
      path,
    ],
    { stdio: 'inherit' },
  )
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error('ffmpeg made no film')
  const bytes = await readFile(path)
  const init: Buffer[] = []
  const fragments: Buffer[] = []
  let moof: Buffer | null = null
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const box = bytes.subarray(at, at + length)
    if (type === 'ftyp' || type === 'moov') init.push(box)
    if (type === 'moof') moof = box
    if (type === 'mdat' && moof !== null) fragments.push(Buffer.concat([moof, box]))
    at += length
  }
  return { codec: 'avc1.42c01e', init: Buffer.concat(init), fragments }
}

type Held = {
  sealer: ReelSealer
  parts: Buffer[]
  closed: Extract<RecorderMessage, { type: 'reel-closed' }> | null
}

/** A recorder that holds sealed reels in memory and does what the hub's link asks; every camera answers it. */
export class TestRecorder {
  readonly id: string
  readonly reels = new Map<string, Held>()
  readonly heard: HubMessage[] = []
  readonly #key: KeyObject
  readonly #url: () => string
  readonly #now: () => number
  readonly #camera: string
  #socket: WebSocket | null = null
  #live = new Map<number, string>()
  #counter = 0
  clockOffMs = 0

  constructor(id: string, key: KeyObject, url: () => string, now: () => number, camera: string) {
    this.id = id
    this.#key = key
    this.#url = url
    this.#now = now
    this.#camera = camera
  }

  /** Shows its token at the hub's door, with a key that it has made for itself. */
  static async enrol(
    token: string,
    url: () => string,
    now: () => number,
    camera: string,
  ): Promise<TestRecorder> {
    const pair = generateKeyPairSync('ed25519')
    const publicKey = pair.publicKey.export({ format: 'raw-public' }).toString('base64url')
    const answer = await fetch(`${url()}/recorder/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ v: 1, token, publicKey, name: 'plant' }),
    })
    if (!answer.ok) throw new Error(`enrolment: ${answer.status} ${await answer.text()}`)
    const { recorder } = (await answer.json()) as { recorder: string }
    return new TestRecorder(recorder, pair.privateKey, url, now, camera)
  }

  async link(proofKey: KeyObject = this.#key): Promise<void> {
    const socket = new WebSocket(`${this.#url().replace('http', 'ws')}/recorder/link`)
    socket.binaryType = 'arraybuffer'
    const recorderNonce = newNonce()
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => {
        socket.send(
          encodeMessage({
            type: 'hello',
            v: 1,
            recorder: this.id,
            nonce: recorderNonce,
            software: 'test',
            counters: [],
            checkpointSize: 0,
          }),
        )
      }
      socket.onclose = (event) => reject(new Error(`the hub closed the link: ${event.reason}`))
      socket.onmessage = ({ data }) => {
        const decoded = decodeHubMessage(String(data))
        if (!decoded.ok) return reject(new Error(decoded.reasons[0]!.message))
        const message = decoded.value
        if (message.type === 'challenge') {
          const meeting = { recorder: this.id, recorderNonce, hubNonce: message.nonce }
          socket.send(encodeMessage({ type: 'proof', signature: recorderProof(meeting, proofKey) }))
        } else if (message.type === 'welcome') {
          this.#socket = socket
          socket.onclose = () => {
            this.#socket = null
          }
          socket.onmessage = (event) => this.#take(String(event.data))
          resolve()
        }
      }
    })
    this.tellCatalogue()
    this.tellStatus()
  }

  tellStatus(): void {
    this.send({
      type: 'status',
      nowMs: this.#now() + this.clockOffMs,
      uncertaintyMs: 5,
      disk: { freeBytes: 5e11, totalBytes: 1e12 },
      cameras: [
        {
          camera: this.#camera,
          state: 'recording',
          code: null,
          words: null,
          sinceMs: this.#now(),
          lastFrameMs: this.#now(),
          mandate: null,
          counter: 1,
          open: null,
        },
      ],
    })
  }

  tellCatalogue(): void {
    this.send({
      type: 'catalogue',
      page: 0,
      last: true,
      reels: [...this.reels.values()].map(({ sealer, closed }) => {
        if (closed === null) return { head: sealer.head, closed: null }
        const { type: _, head, ...rest } = closed
        return { head, closed: rest }
      }),
    })
  }

  send(message: RecorderMessage): void {
    this.#socket?.send(encodeMessage(message))
  }

  unlink(): void {
    this.#socket?.close()
  }

  /** A reel under a key that the hub gave, from `fromMs`. */
  open(given: {
    key: { kid: string; publicKey: string }
    mandateId: string
    fromMs: number
    /** A real initialisation segment, for a real player; text otherwise. */
    film?: Film
  }): string {
    const reel = newId(given.fromMs)
    const day = civilDay(given.fromMs, zone)
    this.#counter += 1
    const sealer = createReelSealer({
      reel,
      recorder: this.id,
      camera: this.#camera,
      mandate: given.mandateId,
      counter: this.#counter,
      day,
      timeZone: zone,
      publicKey: given.key.publicKey,
      openedMs: given.fromMs,
      untilMs: startOfDayMs(civilDay(given.fromMs + 36 * 3_600_000, zone), zone),
      previous: '0'.repeat(64),
      codec: given.film?.codec ?? 'avc1.42c01e',
      width: 640,
      height: 360,
      epoch: 1,
    })
    const held: Held = { sealer, parts: [sealer.prelude], closed: null }
    this.reels.set(reel, held)
    this.send({ type: 'reel-opened', head: sealer.head })
    const init = sealer.init(given.film?.init ?? Buffer.from(`init of ${reel}`), given.fromMs)
    held.parts.push(...init.buffers)
    return reel
  }

  /** `count` fragments of `lengthMs`; every body is text that says when it was, so that a test can read it. */
  record(reel: string, fromMs: number, count: number, lengthMs = 2_000, film?: Film): void {
    const held = this.reels.get(reel)!
    for (let n = 0; n < count; n += 1) {
      const startMs = fromMs + n * lengthMs
      const sealed = held.sealer.media(
        {
          startsWithKeyframe: true,
          audio: false,
          frames: 30,
          startMs,
          endMs: startMs + lengthMs,
          decodeTime:
            film === undefined ? BigInt((startMs - noon + 40 * 86_400_000) * 90) : BigInt(n * lengthMs * 90),
          duration: lengthMs * 90,
          uncertaintyMs: 5,
          monotonicUs: 0n,
          rtp: null,
          ntp: null,
        },
        film?.fragments[n] ?? Buffer.from(`picture at ${startMs}`),
      )
      held.parts.push(...sealed.buffers)
      for (const [request, camera] of this.#live) {
        if (camera !== this.#camera) continue
        this.#frame(request, Buffer.concat(sealed.buffers), { endsRecord: true })
      }
    }
  }

  closeReel(reel: string): void {
    const held = this.reels.get(reel)!
    const closed = held.sealer.close('hour', this.#now())
    held.parts.push(...closed.buffers)
    const { summary } = closed
    held.closed = {
      type: 'reel-closed',
      head: held.sealer.head,
      chainHead: summary.chainHead,
      records: summary.records,
      fragments: summary.fragments,
      frames: summary.frames,
      bytes: summary.bytes,
      firstMs: summary.firstMs,
      lastMs: summary.lastMs,
      reason: summary.reason,
    }
    this.send(held.closed)
  }

  #parts = new Map<number, number>()
  #frame(
    request: number,
    payload: Buffer,
    more: { prelude?: boolean; last?: boolean; endsRecord?: boolean } = {},
  ): void {
    const part = this.#parts.get(request) ?? 0
    this.#parts.set(request, part + 1)
    this.#socket?.send(
      encodeFrame({
        request,
        part,
        last: more.last ?? false,
        prelude: more.prelude ?? false,
        endsRecord: more.endsRecord ?? false,
        payload,
      }) as never,
    )
  }

  #take(text: string): void {
    const decoded = decodeHubMessage(text)
    if (!decoded.ok) throw new Error(decoded.reasons[0]!.message)
    const message = decoded.value
    this.heard.push(message)
    if (message.type === 'index' || message.type === 'read') {
      const held = this.reels.get(message.reel)
      if (held === undefined) {
        this.send({
          type: 'failed',
          request: message.request,
          code: 'no-such-reel',
          words: 'It is not here.',
        })
        return
      }
      if (message.type === 'index') {
        this.#frame(message.request, held.sealer.prelude, { prelude: true })
        this.#frame(message.request, Buffer.from(encodeIndex(held.sealer.entries())), { last: true })
      } else this.#read(held, message)
    } else if (message.type === 'live') {
      if (message.on) {
        this.#live.set(message.request, message.camera)
        const open = [...this.reels.values()].findLast((held) => held.closed === null)
        if (open !== undefined) this.#frame(message.request, open.sealer.prelude, { prelude: true })
      } else {
        this.#live.delete(message.request)
        this.#frame(message.request, Buffer.alloc(0), { last: true })
      }
    } else if (message.type === 'probe') {
      const video = { codec: 'h264', width: 640, height: 360 }
      const words = 'The camera answers.'
      this.send({ type: 'probe-result', request: message.request, code: 'ok', words, video })
    } else if (message.type === 'device') {
      const functions = [{ kind: 'rule' as const, type: 'LineCrossing', name: 'Gate' }]
      this.send({ type: 'device-result', request: message.request, code: 'ok', words: 'Said.', functions })
    } else if (message.type === 'cut') {
      for (const [reel, held] of this.reels) if (held.closed === null) this.closeReel(reel)
    } else if (message.type === 'unlink') {
      for (const reel of message.reels) this.reels.delete(reel)
      this.send({ type: 'unlinked', reels: message.reels })
    }
  }

  #read(held: Held, message: Extract<HubMessage, { type: 'read' }>): void {
    const bytes = Buffer.concat(held.parts)
    let at = held.sealer.prelude.byteLength
    const records: Buffer[] = []
    while (at + recordHeaderBytes < bytes.byteLength) {
      const end = at + recordHeaderBytes + bytes.readUInt32BE(at + 12) + chainBytes
      records.push(bytes.subarray(at, end))
      at = end
    }
    const wanted = records.slice(message.fromSequence, message.toSequence + 1)
    if (wanted.length !== message.toSequence - message.fromSequence + 1) {
      this.send({
        type: 'failed',
        request: message.request,
        code: 'no-such-record',
        words: 'It is not there.',
      })
      return
    }
    for (const [n, record] of wanted.entries()) {
      this.#frame(message.request, record, { endsRecord: true, last: n === wanted.length - 1 })
    }
  }
}
