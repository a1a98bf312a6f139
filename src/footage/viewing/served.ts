/**
 * The log of what was truly sent. A row for each minute of footage is durable before its first picture leaves; the
 * exact spans, joined, go into the ledger a little later, and whatever a crash left untold goes in after the restart.
 */
import type { Clock, Log } from '#base/base.ts'
import { story } from '#base/base.ts'
import { inTransaction, type Sql } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { openServedMinute, type ServedRow, tellServed, untoldServed, type Viewing } from '../viewing-store.ts'
import { joinTimes } from './authority.ts'

const minute = 60_000
/** Told after this long without a new picture, or after five times as long in any case. */
const quietMs = 10_000

export type ServedLog = {
  /** Resolves when it is durable that these pictures are about to be sent. */
  note(viewing: Viewing, cameraId: string, startMs: number, endMs: number): Promise<void>
  /** Tells the ledger what it doesn't have yet; all of it, or only of one viewing. */
  tell(viewingId?: string): Promise<void>
  close(): Promise<void>
}

type Open = {
  viewing: Viewing
  cameraId: string
  minutes: Map<number, ServedRow>
  firstMs: number
  lastMs: number
}

export function createServedLog(sql: Sql, clock: Clock, log: Log): ServedLog {
  const open = new Map<string, Open>()
  const writing = new Map<string, Promise<void>>()

  async function noteMinute(viewing: Viewing, cameraId: string, fromMs: number, toMs: number): Promise<void> {
    const key = `${viewing.id} ${cameraId}`
    const nowMs = clock.monotonicMs()
    let one = open.get(key)
    if (one === undefined) {
      one = { viewing, cameraId, minutes: new Map(), firstMs: nowMs, lastMs: nowMs }
      open.set(key, one)
    }
    one.lastMs = nowMs
    const minuteMs = Math.floor(fromMs / minute) * minute
    const row = one.minutes.get(minuteMs)
    if (row !== undefined) {
      one.minutes.set(minuteMs, {
        ...row,
        fromMs: Math.min(row.fromMs, fromMs),
        toMs: Math.max(row.toMs, toMs),
      })
      await writing.get(`${key} ${minuteMs}`)
      return
    }
    const fresh = { viewingId: viewing.id, cameraId, minuteMs, fromMs, toMs }
    one.minutes.set(minuteMs, fresh)
    const written = openServedMinute(sql, fresh)
    writing.set(`${key} ${minuteMs}`, written)
    try {
      await written
    } catch (error) {
      one.minutes.delete(minuteMs)
      throw error
    } finally {
      writing.delete(`${key} ${minuteMs}`)
    }
  }

  async function tellOne(key: string, one: Open): Promise<void> {
    open.delete(key)
    await tellRows(one.viewing, one.cameraId, [...one.minutes.values()])
  }

  async function tellRows(
    viewing: { id: string; personId: string; provider: string; kind: Viewing['kind'] },
    cameraId: string,
    rows: readonly ServedRow[],
  ): Promise<void> {
    if (rows.length === 0) return
    const nowMs = clock.nowMs()
    const spans = joinTimes(rows, 3_000)
    await inTransaction(sql, async (tx) => {
      await append(tx, {
        kind: 'viewing.served',
        actor: viewing.personId,
        provider: viewing.provider,
        about: { viewing: viewing.id, camera: cameraId },
        data: { kind: viewing.kind, spans: spans.map(({ fromMs, toMs }) => [fromMs, toMs]) },
        atMs: nowMs,
      })
      await tellServed(tx, rows, nowMs)
    })
  }

  async function tellQuiet(): Promise<void> {
    const nowMs = clock.monotonicMs()
    for (const [key, one] of open) {
      if (nowMs - one.lastMs > quietMs || nowMs - one.firstMs > quietMs * 5) await tellOne(key, one)
    }
  }

  const timer = setInterval(() => {
    tellQuiet().catch((error: unknown) =>
      log.error({ why: story(error) }, "couldn't tell the ledger what was seen"),
    )
  }, 2_000)
  timer.unref()

  return {
    async note(viewing, cameraId, startMs, endMs) {
      const first = Math.floor(startMs / minute) * minute
      for (let at = first, n = 0; at < endMs && n < 10; at += minute, n += 1) {
        await noteMinute(viewing, cameraId, Math.max(startMs, at), Math.min(endMs, at + minute))
      }
    },
    async tell(viewingId) {
      for (const [key, one] of open) {
        if (viewingId === undefined || one.viewing.id === viewingId) await tellOne(key, one)
      }
      if (viewingId !== undefined) return
      const left = Map.groupBy(await untoldServed(sql), (row) => `${row.viewingId} ${row.cameraId}`)
      for (const rows of left.values()) {
        const first = rows[0]!
        // How far into the minute it went is not known after a crash: the whole minute is told.
        const whole = rows.map((row) => ({ ...row, toMs: row.minuteMs + minute }))
        await tellRows({ ...first, id: first.viewingId }, first.cameraId, whole)
      }
    },
    async close() {
      clearInterval(timer)
      for (const [key, one] of open) await tellOne(key, one)
    },
  }
}
