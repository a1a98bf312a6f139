/**
 * Films of an exhibit for who may watch it now: opened from the hold, laid out in memory, forgotten soon after the last
 * request. Nothing clear touches a disk.
 */
import { Failure } from '#base/base.ts'
import { assembleVideo } from '#formats/pack/pack.ts'
import type { EvidenceDeps } from './deps.ts'
import { filmsOf, openedBytesMax, openReel } from './open-reel.ts'
import type { Exhibit, Look } from './store.ts'

export type WatchedFilm = {
  readonly bytes: Buffer
  readonly firstMs: number
  readonly lastMs: number
  readonly uncertaintyMs: number
}

export type Watched = {
  readonly films: readonly WatchedFilm[]
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly cause: string }[]
}

/** A browser asks for a film in several parts; opening it for each would read everything again. */
const keptMs = 60_000
const looksMax = 4
const noLonger = 'The footage of this exhibit is not kept any more.'

export type Screening = {
  /** Throws `Failure` ('not-found' when the hold is over, 'unavailable' when the recorder can't be reached). */
  films(exhibit: Exhibit, look: Look): Promise<Watched>
  close(): void
}

export function createScreening(deps: Pick<EvidenceDeps, 'footage'>): Screening {
  const kept = new Map<string, { watched: Promise<Watched>; timer: NodeJS.Timeout }>()

  function forget(lookId: string): void {
    clearTimeout(kept.get(lookId)?.timer)
    kept.delete(lookId)
  }

  return {
    async films(exhibit, look) {
      // Asked each time: what was laid out in memory a moment ago has no longer life than the keys it was opened with.
      if (!(await deps.footage.holdStands(exhibit.holdId))) {
        forget(look.id)
        throw new Failure('not-found', noLonger)
      }
      const known = kept.get(look.id)
      if (known !== undefined) {
        known.timer.refresh()
        return known.watched
      }
      for (const oldest of kept.keys()) {
        if (kept.size < looksMax) break
        forget(oldest)
      }
      const watched = open(deps, exhibit)
      const timer = setTimeout(() => kept.delete(look.id), keptMs)
      timer.unref()
      kept.set(look.id, { watched, timer })
      // A try that failed is not kept: the recorder may be back at the next.
      watched.catch(() => forget(look.id))
      return watched
    },
    close() {
      for (const id of [...kept.keys()]) forget(id)
    },
  }
}

async function open(deps: Pick<EvidenceDeps, 'footage'>, exhibit: Exhibit): Promise<Watched> {
  const held = await deps.footage.readHeld(exhibit.holdId)
  if (held === null) throw new Failure('not-found', noLonger)
  let bytes = 0
  const reels = []
  for (const reel of held.reels) {
    reels.push(
      await openReel(reel, (record) => {
        bytes += record.byteLength
        if (bytes > openedBytesMax)
          throw new Failure('too-large', 'This exhibit is too long to be watched in one piece.')
      }),
    )
  }
  const films = filmsOf(reels).map((film) => {
    const made = assembleVideo(
      film.init,
      film.fragments.map((fragment) => fragment.clear),
    )
    return {
      bytes: Buffer.concat(made.parts),
      firstMs: film.fragments[0]!.header.startMs,
      lastMs: film.fragments.at(-1)!.header.endMs,
      uncertaintyMs: Math.max(...film.fragments.map((fragment) => fragment.header.uncertaintyMs)),
    }
  })
  return { films, gaps: reels.flatMap((reel) => reel.gaps) }
}

/** The part of a film that a `Range` header asks for (RFC 9110 section 14.2, one range); null when it can't be met. */
export function rangeOf(
  header: string | undefined,
  length: number,
): { readonly from: number; readonly to: number; readonly whole: boolean } | null {
  if (header === undefined) return { from: 0, to: length - 1, whole: true }
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header)
  if (match === null || (match[1] === '' && match[2] === '')) return { from: 0, to: length - 1, whole: true }
  const suffix = match[1] === ''
  const from = suffix ? Math.max(0, length - Number(match[2])) : Number(match[1])
  const to = suffix || match[2] === '' ? length - 1 : Math.min(Number(match[2]), length - 1)
  return from > to || from >= length ? null : { from, to, whole: false }
}
