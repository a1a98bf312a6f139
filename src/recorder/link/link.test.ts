import { deepEqual, equal, ok } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'
import { addDays, civilDay, newId, silentLog } from '#base/base.ts'
import {
  type CameraStatus,
  decodeFrame,
  decodeRecorderMessage,
  encodeMessage,
  type Frame,
  type HubMessage,
  hubProof,
  linkPath,
  newNonce,
  type RecorderMessage,
  recorderProofHolds,
} from '#formats/link/link.ts'
import {
  consistencyProof,
  encodeNoteKey,
  leafHash,
  nodesOf,
  signCheckpoint,
  treeRoot,
} from '#formats/log/log.ts'
import {
  type Mandate,
  signCertificate,
  signerFromSeed,
  signMandate,
  signWithdrawal,
} from '#formats/mandate/mandate.ts'
import {
  decodeIndex,
  decodePrelude,
  decodeRecordHeader,
  fragmentKey,
  newDayKey,
  openRecord,
  recordHeaderBytes,
  unwrapReelKey,
} from '#formats/reel/reel.ts'
import { startDevice } from '#simulator/device.ts'
import { here } from '#tests/here.ts'
import { type Rig, smallClip, startGstreamer } from '#tests/rig/gstreamer.ts'
import { type RunningRecorder, startRecorder } from '../recorder.ts'

/** A hub as far as a recorder can tell: enrols one recorder, meets it, keeps what it says. */
class Hub {
  readonly root = signerFromSeed(randomBytes(32))
  signing = signerFromSeed(randomBytes(32))
  readonly ledger = signerFromSeed(randomBytes(32))
  readonly noteKey = {
    name: 'test.example/ledger',
    publicKey: Buffer.from(this.ledger.publicKey, 'base64url'),
  }
  readonly recorder = newId(Date.now())
  readonly token = randomBytes(24).toString('base64url')
  readonly told: RecorderMessage[] = []
  readonly frames: Frame[] = []
  recorderKey = ''
  link: WebSocket | null = null
  #server!: Server
  #sockets!: WebSocketServer
  url = ''

  certificate = () =>
    signCertificate(this.root, {
      publicKey: this.signing.publicKey,
      fromMs: Date.now() - 86_400_000,
      untilMs: Date.now() + 86_400_000,
    })

  async start(port = 0): Promise<this> {
    this.#server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        const ask = JSON.parse(body) as { token: string; publicKey: string }
        if (ask.token !== this.token) return response.writeHead(403).end('{}')
        this.recorderKey = ask.publicKey
        const data = {
          v: 1,
          recorder: this.recorder,
          rootKey: this.root.publicKey,
          ledgerKey: encodeNoteKey(this.noteKey),
          hub: 'test',
        }
        return response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
      })
    })
    this.#sockets = new WebSocketServer({ server: this.#server, path: linkPath })
    this.#sockets.on('connection', (socket) => this.#meet(socket))
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  #meet(socket: WebSocket): void {
    let meeting: { recorder: string; recorderNonce: string; hubNonce: string } | null = null
    socket.on('message', (data: Buffer, binary: boolean) => {
      if (binary) {
        const frame = decodeFrame(data)
        ok(frame.ok)
        this.frames.push({ ...frame.value, payload: Buffer.from(frame.value.payload) })
        return
      }
      const decoded = decodeRecorderMessage(data.toString())
      ok(decoded.ok, decoded.ok ? '' : decoded.reasons[0]!.message)
      const message = decoded.value
      this.told.push(message)
      if (message.type === 'hello') {
        meeting = { recorder: message.recorder, recorderNonce: message.nonce, hubNonce: newNonce() }
        const signature = hubProof(meeting, this.signing.privateKey)
        socket.send(
          encodeMessage({
            type: 'challenge',
            v: 1,
            nonce: meeting.hubNonce,
            certificate: this.certificate(),
            signature,
          }),
        )
      }
      if (message.type === 'proof') {
        ok(recorderProofHolds(meeting!, this.recorderKey, message.signature))
        this.link = socket
        this.say({ type: 'welcome', nowMs: Date.now(), statusSeconds: 1 })
      }
    })
    socket.on('close', () => {
      if (this.link === socket) this.link = null
    })
  }

  say(message: HubMessage): void {
    this.link!.send(encodeMessage(message))
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#sockets.close()
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  heard<Type extends RecorderMessage['type']>(type: Type): Extract<RecorderMessage, { type: Type }>[] {
    return this.told.filter((m): m is Extract<RecorderMessage, { type: Type }> => m.type === type)
  }
  camera(): CameraStatus | undefined {
    return this.heard('status').at(-1)?.cameras[0]
  }

  readonly day = newDayKey()
  mandate(counter: number, over: Partial<Mandate> = {}): Mandate {
    const nowMs = Date.now()
    const today = civilDay(nowMs, 'Europe/London')
    const tomorrow = newDayKey()
    return {
      v: 1,
      id: newId(nowMs),
      counter,
      recorder: this.recorder,
      camera: 'hall',
      provider: 'p',
      system: 's',
      deployment: 'd',
      class: 'ordinary',
      purposes: ['crime'],
      streams: ['main'],
      fromMs: nowMs - 1000,
      untilMs: nowMs + 3_600_000,
      audio: false,
      masks: [],
      retentionDays: 31,
      timeZone: 'Europe/London',
      stillsMax: 0,
      keys: [
        { day: today, kid: this.day.kid, publicKey: this.day.publicKey },
        { day: addDays(today, 1), kid: tomorrow.kid, publicKey: tomorrow.publicKey },
      ],
      basis: { policy: 'x@1', clauses: [], dpia: null, approvals: [], signs: [] },
      ...over,
    }
  }
  sayMandate(mandate: Mandate, signer = this.signing): void {
    this.say({
      type: 'mandate',
      camera: mandate.camera,
      jws: signMandate(mandate, signer),
      certificate: this.certificate(),
    })
  }
}

async function until(what: string, holds: () => boolean, withinMs = 120_000): Promise<void> {
  const endMs = Date.now() + withinMs
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function linked(t: TestContext, allow = ['127.0.0.0/8']) {
  const home = mkdtempSync(join(tmpdir(), 'overt-link-'))
  const hub = await new Hub().start()
  const rig: Rig = await startGstreamer({ mounts: [{ name: 'hall', clip: smallClip('h264', false, 60) }] })
  const recorder: RunningRecorder = await startRecorder({
    home,
    hub: { url: hub.url, token: hub.token },
    allow,
    name: 'Box',
    log: silentLog,
  })
  t.after(async () => {
    await recorder.close()
    await hub.close().catch(() => undefined)
    await rig.close()
    rmSync(home, { recursive: true, force: true })
  })
  await until('they have met', () => hub.heard('catalogue').length > 0)
  return { home, hub, rig, recorder }
}

describe('a recorder and its hub', { concurrency: true, timeout: 600_000 }, () => {
  it('record on mandate, serve sealed bytes of the open reel, live, cut, withdraw and unlink', async (t) => {
    const { home, hub, rig } = await linked(t)
    hub.say({
      type: 'cameras',
      cameras: [{ camera: 'hall', url: rig.url('hall'), username: null, password: null }],
    })
    const mandate = hub.mandate(1)
    const askedMs = Date.now()
    hub.sayMandate(mandate)
    await until('the mandate is accepted', () => hub.heard('mandate-accepted').length === 1)
    await until('it records', () => hub.camera()?.state === 'recording')
    ok(Date.now() - askedMs < here(5000), 'recording starts within five seconds')
    const { head } = hub.heard('reel-opened')[0]!
    equal(head.mandate, mandate.id)
    await until('some fragments are there', () => (hub.camera()?.open?.sequence ?? 0) >= 4)

    hub.say({ type: 'index', request: 1, reel: head.reel })
    await until('the index is here', () => hub.frames.some((f) => f.request === 1 && f.last))
    const [prelude, ...rows] = hub.frames.filter((f) => f.request === 1)
    equal(prelude!.prelude, true)
    const entries = decodeIndex(Buffer.concat(rows.map((f) => f.payload)))
    ok(entries.length >= 3)
    deepEqual(
      entries
        .slice(0, 2)
        .map((e) => e.type)
        .sort(),
      ['gap', 'init'],
    )

    const media = entries.find((entry) => entry.type === 'media')!
    hub.say({
      type: 'read',
      request: 2,
      reel: head.reel,
      fromSequence: media.sequence,
      toSequence: media.sequence,
    })
    await until('the record is here', () => hub.frames.some((f) => f.request === 2 && f.last))
    const record = Buffer.concat(hub.frames.filter((f) => f.request === 2).map((f) => f.payload))
    const key = fragmentKey(unwrapReelKey(head, hub.day.privateKey), media.sequence)
    const { hash } = await import('node:crypto')
    const clear = openRecord(
      key,
      hash('sha256', decodePrelude(prelude!.payload).bytes, 'buffer'),
      record.subarray(0, recordHeaderBytes),
      record.subarray(recordHeaderBytes, record.length - 32),
    )
    equal(clear.toString('latin1', 4, 8), 'moof')
    hub.say({ type: 'read', request: 3, reel: head.reel, fromSequence: 9999, toSequence: 9999 })
    hub.say({ type: 'read', request: 4, reel: newId(0), fromSequence: 0, toSequence: 0 })
    await until('the wrong ones failed', () => hub.heard('failed').length === 2)
    deepEqual(
      hub
        .heard('failed')
        .map((f) => f.code)
        .sort(),
      ['no-such-record', 'no-such-reel'],
    )

    hub.say({ type: 'live', request: 5, camera: 'hall', on: true })
    await until(
      'live pictures come',
      () => hub.frames.filter((f) => f.request === 5 && f.endsRecord).length >= 2,
    )
    const live = hub.frames.filter((f) => f.request === 5)
    deepEqual(live[0]!.prelude, true)
    const first = decodeRecordHeader(live[1]!.payload)
    ok(typeof first !== 'string' && first.type === 'init')
    hub.say({ type: 'cut', camera: 'hall' })
    await until('the reel is closed as asked', () => hub.heard('reel-closed').length === 1)
    equal(hub.heard('reel-closed')[0]!.reason, 'asked')
    await until(
      'live goes on in the next reel',
      () => hub.frames.filter((f) => f.request === 5 && f.prelude).length === 2,
    )
    hub.say({ type: 'live', request: 5, camera: 'hall', on: false })
    await until('live ends', () => hub.frames.some((f) => f.request === 5 && f.last))

    const endedMs = Date.now()
    const withdrawal = {
      v: 1,
      camera: 'hall',
      recorder: hub.recorder,
      mandate: mandate.id,
      counter: 2,
      endedMs,
      cause: 'stopped',
    } as const
    hub.say({
      type: 'withdraw',
      camera: 'hall',
      jws: signWithdrawal(withdrawal, hub.signing),
      certificate: hub.certificate(),
    })
    await until('it has stopped', () => hub.heard('withdrawn').length === 1)
    ok(hub.heard('withdrawn')[0]!.lastFrameMs! <= endedMs + 1000)
    await until('it says so', () => hub.camera()?.state === 'no-mandate')
    // The withdrawn mandate, an older one, one by another key, one for another box: none is obeyed.
    hub.sayMandate(mandate)
    hub.sayMandate(hub.mandate(3), signerFromSeed(randomBytes(32)))
    hub.sayMandate(hub.mandate(3, { recorder: newId(0) }))
    hub.sayMandate(hub.mandate(3, { masks: [{ x: 0, y: 0, w: 100, h: 100 }] }))
    await until('all are refused', () => hub.heard('mandate-refused').length === 4)
    deepEqual(
      hub.heard('mandate-refused').map((r) => r.code),
      ['older', 'signature-wrong', 'other-recorder', 'masks-unsupported'],
    )
    equal(hub.camera()?.state, 'no-mandate')

    const path = join(home, 'reels', 'hall', head.day, `${head.reel}.reel`)
    ok(statSync(path).size > 0)
    hub.say({ type: 'unlink', reels: [head.reel] })
    await until('it is gone', () => hub.heard('unlinked').length === 1)
    equal(statSync(path, { throwIfNoEntry: false }), undefined)
  })

  it('lose each other without losing footage, meet again, and everything held is told', async (t) => {
    const { hub, rig, recorder } = await linked(t)
    hub.say({
      type: 'cameras',
      cameras: [{ camera: 'hall', url: rig.url('hall'), username: null, password: null }],
    })
    hub.sayMandate(hub.mandate(1))
    await until('it records', () => hub.camera()?.state === 'recording')
    const port = Number(new URL(hub.url).port)
    await hub.close()
    const before = recorder.status().cameras[0]!.open!.sequence
    await until('it records on', () => (recorder.status().cameras[0]!.open?.sequence ?? 0) >= before + 2)
    const told = hub.heard('catalogue').length
    await hub.start(port)
    await until('they have met again', () => hub.heard('catalogue').length > told)
    const held = hub.heard('catalogue').at(-1)!
    deepEqual([held.last, held.reels.length, held.reels[0]!.closed], [true, 1, null])
    equal(hub.heard('hello').at(-1)!.counters[0]!.counter, 1)
  })

  it('does not obey a hub that cannot prove itself', async (t) => {
    const { hub, recorder } = await linked(t)
    const port = Number(new URL(hub.url).port)
    await hub.close()
    const hellos = hub.heard('hello').length
    const proofs = hub.heard('proof').length
    hub.signing = signerFromSeed(randomBytes(32))
    const impostor = signerFromSeed(randomBytes(32))
    hub.certificate = () =>
      signCertificate(impostor, { publicKey: hub.signing.publicKey, fromMs: 0, untilMs: Date.now() + 1e6 })
    await hub.start(port)
    await until('it knocks and turns away', () => hub.heard('hello').length > hellos + 1)
    equal(hub.heard('proof').length, proofs)
    equal(recorder.status().linked, false)
  })

  it('keeps the newest checkpoint and refuses a ledger that was rewritten', async (t) => {
    const { hub } = await linked(t)
    const leaves = Array.from({ length: 9 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)))
    const note = (list: readonly Uint8Array[], size: number) =>
      signCheckpoint(
        { origin: `${hub.noteKey.name}/2026`, size, root: treeRoot(nodesOf(list), size) },
        { ...hub.noteKey, name: `${hub.noteKey.name}/2026` },
        hub.ledger.privateKey,
      )
    const proof = (list: readonly Uint8Array[], from: number, to: number) =>
      consistencyProof(nodesOf(list), from, to).map((h) => Buffer.from(h).toString('base64'))
    hub.say({ type: 'checkpoint', note: note(leaves, 4), fromSize: 0, proof: [] })
    hub.say({ type: 'checkpoint', note: note(leaves, 9), fromSize: 4, proof: proof(leaves, 4, 9) })
    await until('both are kept', () => hub.heard('checkpoint-kept').length === 2)
    const rewritten = [
      ...leaves.slice(0, 2),
      leafHash(Buffer.from('another')),
      ...leaves.slice(3),
      leafHash(Buffer.from('more')),
    ]
    hub.say({ type: 'checkpoint', note: note(rewritten, 10), fromSize: 9, proof: proof(rewritten, 9, 10) })
    hub.say({ type: 'checkpoint', note: note(leaves, 4), fromSize: 4, proof: [] })
    hub.say({ type: 'checkpoint', note: note(rewritten, 9), fromSize: 9, proof: [] })
    hub.say({
      type: 'checkpoint',
      note: note(leaves, 9).replace('test.example', 'fest.example'),
      fromSize: 9,
      proof: [],
    })
    await until('all are refused', () => hub.heard('checkpoint-refused').length === 4)
    deepEqual(
      hub.heard('checkpoint-refused').map((r) => r.code),
      ['rewritten', 'shrunk', 'rewritten', 'unsigned'],
    )
  })

  it('says of each address what is there, within twelve seconds, and looks in no other network', async (t) => {
    const { hub, rig } = await linked(t, ['127.0.0.1'])
    const locked = await startGstreamer({
      mounts: [{ name: 'x', clip: smallClip('h264', false, 60) }],
      user: 'u',
      password: 'right',
    })
    const silent = createTcpServer(() => undefined).listen(0, '127.0.0.1')
    const web = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    await Promise.all([once(silent, 'listening'), once(web, 'listening')])
    t.after(async () => {
      silent.close()
      web.closeAllConnections()
      web.close()
      await locked.close()
    })
    const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port
    const asks: readonly (readonly [string, string | null, string | null, string])[] = [
      [rig.url('hall'), null, null, 'ok'],
      [locked.url('x'), null, null, 'needs-password'],
      [locked.url('x'), 'u', 'wrong', 'wrong-password'],
      [locked.url('x'), 'u', 'right', 'ok'],
      [`rtsp://127.0.0.1:${rig.port}/nothing`, null, null, 'no-video'],
      ['rtsp://127.0.0.1:1/', null, null, 'refused'],
      [`rtsp://127.0.0.1:${port(web)}/`, null, null, 'not-a-camera'],
      ['rtsp://127.0.0.2/', null, null, 'not-allowed'],
      ['rtsp://10.1.2.3/', null, null, 'not-allowed'],
      ['http://127.0.0.1/', null, null, 'not-a-camera'],
      [`rtsp://127.0.0.1:${port(silent)}/`, null, null, 'no-answer'],
    ]
    for (const [i, [url, username, password, code]] of asks.entries()) {
      const sinceMs = Date.now()
      hub.say({ type: 'probe', request: i + 1, url, username, password })
      await until(
        `${url} is judged`,
        () => hub.heard('probe-result').some((r) => r.request === i + 1),
        here(12_000),
      )
      equal(hub.heard('probe-result').find((r) => r.request === i + 1)!.code, code, `${url} ${username}`)
      ok(Date.now() - sinceMs < here(12_000))
    }
    deepEqual(hub.heard('probe-result')[0]!.video, {
      codec: hub.heard('probe-result')[0]!.video!.codec,
      width: 640,
      height: 360,
    })
  })

  it('asks a camera what it does besides filming, where it may look', async (t) => {
    const { hub } = await linked(t, ['127.0.0.1'])
    const device = await startDevice({
      functions: [{ kind: 'rule', type: 'tt:LineDetector', name: 'Gate' }],
      username: 'u',
      password: 'right',
    })
    t.after(() => device.close())
    const asks = [
      ['127.0.0.1', 'right', 'ok', [{ kind: 'rule', type: 'LineDetector', name: 'Gate' }]],
      ['127.0.0.1', 'wrong', 'wrong-password', []],
      ['10.1.2.3', 'right', 'not-allowed', []],
    ] as const
    for (const [i, [host, password, code, functions]] of asks.entries()) {
      const address = { url: `rtsp://${host}:554/`, username: 'u', password, port: device.port }
      hub.say({ type: 'device', request: i + 1, ...address })
      const answer = () => hub.heard('device-result').find((one) => one.request === i + 1)
      await until(`${host} is asked`, () => answer() !== undefined, here(12_000))
      deepEqual([answer()!.code, answer()!.functions], [code, functions])
    }
  })
})
