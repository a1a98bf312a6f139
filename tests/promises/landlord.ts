/**
 * A simulated landlord: one camera in a resident's home, the people who decide about it, a recorder that obeys what is
 * signed, the keyring and the ledger. The rooms are the real ones on real PostgreSQL, real files and real formats; only
 * clock, camera and link are simulated. Beside them runs a model that knows what the policy's own words ask for and nothing
 * of how the rooms work it out.
 */
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AuthorisationDeps,
  administrator,
  answerChecklist,
  answerDpia,
  authorityIntervals,
  captureReference,
  connectCamera,
  decideApproval,
  evaluateAll,
  expireDue,
  factsMark,
  homeProposal,
  jpeg,
  judgeReference,
  liftStop,
  mandateBundleFor,
  person,
  placeSign,
  probeCamera,
  propose,
  recordAgreement,
  recorderId,
  recordReference,
  standingOf,
  stopDeployment,
  type TestLandlords,
  withdrawAgreement,
  withdrawApproval,
  withdrawalFor,
  writeDpia,
} from '#authorisation/test-landlord.ts'
import { addDays, civilDay, type Result, silentLog, startOfDayMs } from '#base/base.ts'
import { type Keyring, openKeyring } from '#footage/footage.ts'
import { type Mandate, verifyMandate, verifyWithdrawal } from '#formats/mandate/mandate.ts'
import {
  bytesSource,
  createReelSealer,
  openRecord,
  type ReelHead,
  scanReel,
  unwrapReelKey,
} from '#formats/reel/reel.ts'
import type { Person } from '#web/web.ts'

export const zone = 'Europe/London'
const fragmentMs = 2000

/** Who may try things. Several hold no right to what they will try. */
const derby = 'derby-homes'
export const people: readonly Person[] = [
  person(derby, 'housing-officer'),
  person(derby, 'housing-officer'),
  person(derby, 'asb-manager'),
  person(derby, 'asb-manager'),
  person(derby, 'data-protection-officer'),
  person(derby, 'data-protection-officer'),
  person(derby, 'crime-prevention-installer'),
  {
    ...person(derby, 'asb-manager'),
    roles: ['housing-officer', 'asb-manager', 'data-protection-officer'].map((role) => ({
      provider: derby,
      role,
      areas: [],
    })),
  },
  person('progress', 'system-manager'),
  administrator(),
]
const holds = (who: Person, role: string): boolean =>
  who.roles.some((each) => each.provider === derby && each.role === role)

type Span = { readonly fromMs: number; toMs: number | null }

/** What the policy's words ask for, kept by hand from what people were told had been done. */
type Model = {
  readonly proposer: Person
  readonly untilDay: string
  dpiaAuthor: Person | null
  dpiaAccepted: boolean
  approver: Person | null
  agreed: boolean
  installed: boolean
  stopped: boolean
  ended: boolean
  /** When recording was lawful. */
  readonly lawful: Span[]
}

type Piece = {
  readonly sequence: number
  readonly startMs: number
  readonly endMs: number
  readonly clear: Buffer
}
export type Reel = {
  readonly head: ReelHead
  readonly bytes: Buffer
  readonly mandate: Mandate
  readonly pieces: readonly Piece[]
  /** The recorder could not hear of an end: what it sealed after one is an overrun. */
  readonly cutOff: boolean
}
type Hold = { readonly id: string; readonly reel: Reel; readonly from: number; readonly to: number }

export class Landlord {
  readonly deps: AuthorisationDeps
  readonly keyring: Keyring
  readonly reels: Reel[] = []
  readonly holds: Hold[] = []
  readonly #land: TestLandlords
  readonly #folder: string
  readonly #retentionDays: number
  #model: Model | null = null
  #id = ''
  #camera = ''
  #linked = true
  /** What the recorder holds: nothing else can make it record. */
  #held: { jws: string; certificate: string } | null = null
  #lastCounter = 0
  #previous = '0'.repeat(64)

  static async open(land: TestLandlords): Promise<Landlord> {
    const folder = await mkdtemp(join(tmpdir(), 'overt-promise-'))
    const keyring = await openKeyring({
      folder,
      copy: null,
      passphrase: null,
      expectedId: null,
      nowMs: land.clock.nowMs(),
      log: silentLog,
    })
    return new Landlord(land, folder, keyring)
  }

  private constructor(land: TestLandlords, folder: string, keyring: Keyring) {
    this.#land = land
    this.#folder = folder
    this.keyring = keyring
    this.#retentionDays = land.packs.packOf(derby).values.retentionDays.value
    this.deps = {
      ...land.deps,
      dayPublicKeys: async (camera, days) => [
        ...(await keyring.publicKeysFor(camera, days, this.#retentionDays, {
          timeZone: zone,
          landlord: derby,
        })),
      ],
    }
  }

  async close(): Promise<void> {
    await this.keyring.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  get nowMs(): number {
    return this.#land.clock.nowMs()
  }

  /** Runs a step and tells the model when it was done; a step that the policy forbids must have been refused. */
  async #step(
    allowed: boolean,
    name: string,
    act: Promise<Result<unknown>>,
    done: () => void,
  ): Promise<boolean> {
    const result = await act
    if (result.ok) {
      assert.ok(allowed, `${name} was done although the policy does not allow it`)
      done()
      this.#look()
    }
    return result.ok
  }

  /** Opens or closes a lawful span as of now. */
  #look(): void {
    const model = this.#model
    if (model === null) return
    const endMs = startOfDayMs(addDays(model.untilDay, 1), zone)
    const isLawful =
      model.dpiaAccepted &&
      model.approver !== null &&
      model.agreed &&
      model.installed &&
      !model.stopped &&
      !model.ended &&
      this.nowMs < endMs
    const open = model.lawful.at(-1)
    if (isLawful && (open === undefined || open.toMs !== null))
      model.lawful.push({ fromMs: this.nowMs, toMs: null })
    if (!isLawful && open !== undefined && open.toMs === null) open.toMs = Math.min(this.nowMs, endMs)
  }

  get #lawfulNow(): boolean {
    const open = this.#model?.lawful.at(-1)
    return open !== undefined && open.toMs === null
  }

  #by(who: Person) {
    return { deps: this.deps, person: who, deploymentId: this.#id }
  }

  async #standing() {
    const standing = await standingOf(this.deps.sql, this.deps, this.#id, this.nowMs)
    assert.ok(standing !== null)
    return standing
  }

  async propose(who: Person): Promise<void> {
    if (this.#model !== null) return
    const fromDay = civilDay(this.nowMs, zone)
    const untilDay = addDays(fromDay, 27)
    const proposal = homeProposal({
      fromDay,
      untilDay,
      removalDay: addDays(fromDay, 28),
      reviewDay: addDays(fromDay, 18),
      siteName: `Flat ${this.nowMs}`,
    })
    const result = await propose(this.deps, who, proposal)
    if (!result.ok) return
    assert.ok(
      who.roles.some(({ provider }) => provider === derby),
      'a stranger proposed a camera',
    )
    this.#id = result.value.id
    this.#camera = (await this.#standing()).file.camera.id
    this.#model = {
      proposer: who,
      untilDay,
      dpiaAuthor: null,
      dpiaAccepted: false,
      approver: null,
      agreed: false,
      installed: false,
      stopped: false,
      ended: false,
      lawful: [],
    }
  }

  async writeDpia(who: Person): Promise<void> {
    const model = this.#model
    if (model === null) return
    const { pack } = await this.#standing()
    const answers = Object.fromEntries(
      pack.values.dpia.questions.map(({ code }) => [code, 'As far as needed.']),
    )
    const allowed = who.roles.some(({ provider }) => provider === derby)
    await this.#step(
      allowed,
      'writing a DPIA',
      writeDpia({ ...this.#by(who), answers, submit: true }),
      () => {
        model.dpiaAuthor = who
      },
    )
  }

  async answerDpia(who: Person, accept: boolean): Promise<void> {
    const model = this.#model
    const dpia = model === null ? undefined : (await this.#standing()).file.dpias[0]
    if (model === null || dpia === undefined) return
    const answer = answerDpia({
      ...this.#by(who),
      dpiaId: dpia.id,
      outcome: accept ? 'accepted' : 'returned',
      reason: accept ? '' : 'Say more.',
      mark: null,
    })
    const allowed = holds(who, 'data-protection-officer') && model.dpiaAuthor?.id !== who.id
    await this.#step(allowed, 'answering a DPIA', answer, () => {
      // A newer version sent back does not undo the acceptance of the one before: it is not in force yet.
      if (accept) model.dpiaAccepted = true
    })
  }

  async approve(who: Person): Promise<void> {
    const model = this.#model
    if (model === null) return
    const mark = factsMark((await this.#standing()).file)
    const act = decideApproval({
      ...this.#by(who),
      role: 'asb-manager',
      decision: 'approve',
      reason: '',
      mark,
    })
    const allowed = holds(who, 'asb-manager') && who.id !== model.proposer.id && model.dpiaAccepted
    await this.#step(allowed, 'approving', act, () => {
      model.approver = who
    })
  }

  async withdrawApproval(who: Person): Promise<void> {
    const model = this.#model
    if (model === null) return
    const act = withdrawApproval({ ...this.#by(who), reason: 'The case is closed.' })
    // Ending errs on the safe side: any of the landlord's people whom the pack lets, but nobody else.
    const allowed = who.roles.some(({ provider }) => provider === derby)
    await this.#step(allowed, 'withdrawing an approval', act, () => {
      model.approver = null
      model.ended = true
    })
  }

  async agree(who: Person): Promise<void> {
    const model = this.#model
    if (model === null) return
    const act = recordAgreement({
      ...this.#by(who),
      residentName: 'R. Example',
      how: 'in-writing',
      toldNotToTamper: true,
      day: civilDay(this.nowMs, zone),
    })
    await this.#step(
      who.roles.length > 0 && !holds(who, 'nobody'),
      "recording the resident's agreement",
      act,
      () => {
        model.agreed = true
      },
    )
  }

  async withdrawAgreement(who: Person): Promise<void> {
    const model = this.#model
    if (model === null) return
    await this.#step(
      true,
      'a resident withdrawing',
      withdrawAgreement({ ...this.#by(who), how: 'by-phone' }),
      () => {
        model.agreed = false
        model.ended = true
      },
    )
  }

  async stop(who: Person): Promise<void> {
    const model = this.#model
    if (model === null) return
    await this.#step(true, 'stopping', stopDeployment({ ...this.#by(who), reason: '' }), () => {
      model.stopped = true
    })
  }

  async lift(who: Person): Promise<void> {
    const model = this.#model
    if (model === null) return
    const act = liftStop({ ...this.#by(who), reason: 'A mistake.' })
    await this.#step(
      who.roles.some(({ provider }) => provider === derby),
      'lifting a stop',
      act,
      () => {
        model.stopped = false
      },
    )
  }

  /** Everything on site in one visit; any step may be refused, and then the visit ends there. */
  async install(who: Person): Promise<void> {
    const model = this.#model
    if (model === null || model.installed) return
    const { file, pack } = await this.#standing()
    const connect = {
      recorderId,
      address: 'rtsp://viewer:secret@192.0.2.10:554/main',
      username: '',
      password: '',
      noPassword: false,
      version: file.camera.version,
    }
    if (!(await connectCamera({ ...this.#by(who), ...connect })).ok) return
    if (!(await probeCamera(this.#by(who))).ok) return
    for (const { code } of pack.values.sign.places) {
      if (!(await placeSign({ ...this.#by(who), place: code, note: '', photo: jpeg })).ok) return
    }
    const met = pack.values.siteChecklist.map(({ code }) => code)
    if (
      !(
        await answerChecklist({
          ...this.#by(who),
          met,
          notes: {},
          qualified: true,
          qualification: 'Card 4711',
          kit: ['Camera, serial 1'],
        })
      ).ok
    )
      return
    if (!(await captureReference(this.#by(who))).ok) return
    assert.ok(
      model.dpiaAccepted && model.agreed,
      'a reference picture was ordered before assessment and agreement',
    )
    const reelId = '01900000-0000-7000-8000-0000000000ff'
    const taken = await recordReference(this.deps, {
      deploymentId: this.#id,
      jpeg,
      reelId,
      atMs: this.nowMs + 1000,
    })
    if (!taken.ok) return
    const judged = judgeReference({ ...this.#by(who), referenceId: taken.value.referenceId, accepted: true })
    await this.#step(holds(who, 'crime-prevention-installer'), 'installing', judged, () => {
      model.installed = true
    })
  }

  /** Time passes, and what time alone brings about happens: authority runs out, keys are destroyed, holds end. */
  async pass(ms: number): Promise<void> {
    this.#land.clock.advance(ms)
    this.#look()
    await expireDue(this.deps)
    await evaluateAll(this.deps, 'all')
    for (const group of this.keyring.due(this.nowMs)) await this.keyring.destroyGroup(group.name, this.nowMs)
  }

  link(up: boolean): void {
    this.#linked = up
  }

  /** What a linked recorder hears: the newest mandate, or the end of the one it has. */
  async #hear(): Promise<void> {
    if (!this.#linked || this.#camera === '') return
    const check = { rootKey: this.deps.keys.rootKey, nowMs: this.nowMs, recorder: recorderId }
    const bundle = await mandateBundleFor(this.deps.sql, this.#camera)
    if (bundle !== null) {
      const taken = verifyMandate({ ...bundle, ...check, lastCounter: this.#lastCounter })
      if (taken.ok) {
        this.#held = bundle
        this.#lastCounter = taken.value.counter
      }
      return
    }
    const word = await withdrawalFor(this.deps.sql, this.deps.keys, this.#camera)
    if (word === null) return
    const heard = verifyWithdrawal({ ...word, ...check, lastCounter: this.#lastCounter })
    if (heard.ok) {
      this.#held = null
      this.#lastCounter = heard.value.counter
    }
  }

  /** The recorder records for a while, if what it holds lets it. */
  async record(fragments: number): Promise<void> {
    await this.#hear()
    if (this.#held === null) return
    const checked = verifyMandate({
      ...this.#held,
      rootKey: this.deps.keys.rootKey,
      nowMs: this.nowMs,
      lastCounter: this.#lastCounter - 1,
      recorder: recorderId,
    })
    if (!checked.ok) return
    const mandate = checked.value
    const day = civilDay(this.nowMs, mandate.timeZone)
    const key = mandate.keys.find((each) => each.day === day)
    if (key === undefined || this.nowMs < mandate.fromMs || this.nowMs >= mandate.untilMs) return
    const untilMs = Math.min(mandate.untilMs, startOfDayMs(addDays(day, 1), mandate.timeZone))
    const sealer = createReelSealer({
      reel: randomUUID(),
      recorder: recorderId,
      camera: mandate.camera,
      mandate: mandate.id,
      counter: mandate.counter,
      day,
      timeZone: mandate.timeZone,
      publicKey: key.publicKey,
      openedMs: this.nowMs,
      untilMs,
      previous: this.#previous,
      codec: 'avc1.64001f',
      width: 640,
      height: 360,
      epoch: 1,
    })
    const written: Buffer[] = [sealer.prelude, ...sealer.init(randomBytes(64), this.nowMs).buffers]
    const pieces: Piece[] = []
    for (let count = 0; count < fragments && this.nowMs < untilMs; count += 1) {
      const startMs = this.nowMs
      const endMs = Math.min(startMs + fragmentMs, untilMs)
      const clear = Buffer.concat([Buffer.from('a picture of somebody '), randomBytes(200)])
      const facts = {
        startsWithKeyframe: true,
        audio: false,
        frames: 30,
        startMs,
        endMs,
        decodeTime: BigInt(startMs) * 90n,
        duration: (endMs - startMs) * 90,
        uncertaintyMs: 1,
        monotonicUs: 0n,
        rtp: null,
        ntp: null,
      }
      const sealed = sealer.media(facts, clear)
      written.push(...sealed.buffers)
      pieces.push({ sequence: sealed.sequence, startMs, endMs, clear })
      this.#land.clock.advance(endMs - startMs)
    }
    this.#look()
    const closed = sealer.close('asked', this.nowMs)
    written.push(...closed.buffers)
    this.#previous = closed.summary.chainHead
    const cutOff = !this.#linked
    this.reels.push({ head: sealer.head, bytes: Buffer.concat(written), mandate, pieces, cutOff })
  }

  /** Holds a part of a reel whose keys still exist. */
  async hold(which: number, from: number, length: number): Promise<void> {
    const reel = this.reels[which % Math.max(1, this.reels.length)]
    const keys = reel === undefined ? null : this.keyring.keysOf(reel.head)
    if (reel === undefined || keys === null || reel.pieces.length === 0) return
    const first = reel.pieces[from % reel.pieces.length]!.sequence
    const last = Math.min(first + length, reel.pieces.at(-1)!.sequence)
    const id = randomUUID()
    const wanted = Array.from({ length: last - first + 1 }, (_, index) => keys.keyOf(first + index)!)
    const parts = [{ reel: reel.head.reel, from: first, to: last, keys: wanted }]
    await this.keyring.placeHold(id, parts, {
      camera: reel.head.camera,
      provider: derby,
      fromMs: reel.pieces[0]!.startMs,
      toMs: reel.pieces.at(-1)!.endMs,
      owner: recorderId,
      caseId: null,
      madeMs: this.nowMs,
      endsMs: this.nowMs + 90 * 86_400_000,
      fragments: wanted.length,
      bytes: 1,
      parts: parts.map(({ keys: _, ...part }) => part),
    })
    this.holds.push({ id, reel, from: first, to: last })
  }

  async release(which: number): Promise<void> {
    const [hold] = this.holds.splice(which % Math.max(1, this.holds.length), 1)
    if (hold !== undefined) await this.keyring.destroyHold(hold.id, this.nowMs)
  }

  /** All promises that can be asked at any moment, asked now. */
  async ask(): Promise<void> {
    await this.#askAuthority()
    await this.#askKeeping()
  }

  async #askAuthority(): Promise<void> {
    const model = this.#model
    if (model === null) return
    const intervals = (await authorityIntervals(this.deps.sql, this.#camera)).filter(
      (each) => each.class === 'ordinary',
    )
    for (const { fromMs, untilMs } of intervals) {
      const toMs = Math.min(untilMs, this.nowMs)
      if (toMs <= fromMs) continue
      const inside = model.lawful.some((span) => span.fromMs <= fromMs && toMs <= (span.toMs ?? this.nowMs))
      assert.ok(inside, `promise 1: authority from ${fromMs} to ${toMs} that the policy does not give`)
    }
    const bundle = await mandateBundleFor(this.deps.sql, this.#camera)
    if (this.#lawfulNow) assert.notEqual(bundle, null, 'every gate is met and yet there is no mandate')
    for (const { mandate, pieces, cutOff } of this.reels) {
      assert.equal(mandate.audio, false, 'promise 6: a mandate for sound although the policy allows none')
      for (const { startMs, endMs } of pieces) {
        assert.ok(
          startMs >= mandate.fromMs && endMs <= mandate.untilMs,
          'promise 1: recorded outside the mandate that the recorder held',
        )
        if (mandate.class !== 'ordinary' || cutOff) continue
        const lawful = model.lawful.some(
          (span) => span.fromMs <= startMs && endMs <= (span.toMs ?? this.nowMs),
        )
        assert.ok(lawful, 'promise 1: a linked recorder recorded what nobody allowed')
      }
    }
  }

  async #askKeeping(): Promise<void> {
    for (const reel of this.reels) {
      const goneMs = startOfDayMs(addDays(reel.head.day, this.#retentionDays), zone)
      const keys = this.keyring.keysOf(reel.head)
      for (const piece of reel.pieces) {
        const held = this.holds.filter(
          (hold) => hold.reel === reel && hold.from <= piece.sequence && piece.sequence <= hold.to,
        )
        const key = keys?.keyOf(piece.sequence) ?? null
        if (this.nowMs >= goneMs) assert.equal(key, null, 'promise 3: a key outlived its retention')
        else assert.notEqual(key, null, 'promise 4: a key was destroyed before its time')
        for (const { id } of held) {
          const heldKey = this.keyring.heldKeys(id, reel.head.reel)?.keyOf(piece.sequence)
          assert.ok(heldKey, 'promise 3: a held fragment did not survive its retention')
          if (key !== null) assert.deepEqual(heldKey, key)
        }
      }
    }
  }

  /** Asked once at the end, because it opens everything. */
  async askAtTheEnd(): Promise<void> {
    for (const reel of this.reels) {
      assert.equal(reel.bytes.indexOf('a picture of somebody'), -1, 'promise 5: a clear picture on the disk')
      // All that a stolen recorder holds: the reel, the mandate with its public keys, nothing else.
      for (const { publicKey } of reel.mandate.keys.slice(0, 2)) {
        assert.throws(() => unwrapReelKey(reel.head, Buffer.from(publicKey, 'base64url')), 'promise 5')
      }
      const scan = await scanReel(bytesSource(reel.bytes))
      assert.equal(scan.state, 'closed')
      const keys = this.keyring.keysOf(reel.head)
      for (const piece of reel.pieces) {
        const key = keys?.keyOf(piece.sequence)
        const record = scan.records[piece.sequence]!
        const at = record.offset
        const header = reel.bytes.subarray(at, at + 80)
        const body = reel.bytes.subarray(at + 80, at + 80 + record.bodyBytes)
        if (key) assert.deepEqual(openRecord(key, scan.headHash, header, body), piece.clear, 'promise 4')
      }
    }
  }
}
