/**
 * Indexes of reels, read from their recorders and kept while there is room: least recently used goes first. Only
 * closed reels are kept; an open one is asked for again after a second, for it grows.
 */

import type { LinkServer } from '../link/server.ts'
import type { ReelRow } from '../store.ts'
import { type ReelIndex, readReelIndex } from './reel-index.ts'

/** 128 MiB hold about a thousand hours of one camera. */
const bytesMax = 128 * 1024 * 1024
const openKeptMs = 1_000

export type IndexCache = {
  get(reel: Pick<ReelRow, 'id' | 'recorderId' | 'closedMs'>): Promise<ReelIndex>
  forget(reelId: string): void
}

export function createIndexCache(link: Pick<LinkServer, 'index'>, monotonicMs: () => number): IndexCache {
  const kept = new Map<string, { index: ReelIndex; untilMs: number; bytes: number }>()
  const asking = new Map<string, Promise<ReelIndex>>()
  let bytes = 0

  function forget(reelId: string): void {
    const one = kept.get(reelId)
    if (one === undefined) return
    kept.delete(reelId)
    bytes -= one.bytes
  }

  async function ask(reel: Parameters<IndexCache['get']>[0]): Promise<ReelIndex> {
    const { prelude, rows } = await link.index(reel.recorderId, reel.id)
    const index = readReelIndex(prelude, rows, { reelId: reel.id })
    const size = rows.byteLength + prelude.byteLength + index.rowOf.length * 21
    forget(reel.id)
    const untilMs = reel.closedMs === null ? monotonicMs() + openKeptMs : Number.POSITIVE_INFINITY
    kept.set(reel.id, { index, untilMs, bytes: size })
    bytes += size
    for (const oldest of kept.keys()) {
      if (bytes <= bytesMax || kept.size === 1) break
      forget(oldest)
    }
    return index
  }

  return {
    async get(reel) {
      const one = kept.get(reel.id)
      if (one !== undefined && monotonicMs() < one.untilMs) {
        kept.delete(reel.id)
        kept.set(reel.id, one)
        return one.index
      }
      const already = asking.get(reel.id)
      if (already !== undefined) return already
      const asked = ask(reel).finally(() => asking.delete(reel.id))
      asking.set(reel.id, asked)
      return asked
    },
    forget,
  }
}
