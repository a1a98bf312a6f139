/** Asks the hub for what a viewing may have. A refusal comes as a value with the hub's own words. */

/** Sequence, start, end (ms), bytes, 1 for a keyframe, decode time (90 kHz), frames. */
export type Line = readonly [number, number, number, number, 0 | 1, number, number]

export type Reel = {
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
  readonly state: 'kept' | 'deleted' | 'refused' | 'missing'
  readonly codec: string
  readonly open: boolean
  readonly reachable: boolean
}
export type Gap = { readonly fromMs: number; readonly toMs: number | null; readonly cause: string }
export type Index = { readonly reels: readonly Reel[]; readonly gaps: readonly Gap[] }

export class Refused extends Error {
  readonly code: string
  constructor(code: string, words: string) {
    super(words)
    this.code = code
  }
}

async function ask(path: string): Promise<Response> {
  const answer = await fetch(`/api/v1/viewings/${path}`, { credentials: 'same-origin', cache: 'no-store' })
  if (answer.ok) return answer
  if (answer.status === 401) throw new Refused('over', 'You were signed out. Sign in again to go on.')
  if (answer.status === 429) throw new Refused('busy', 'Too much was asked at once. Wait a moment.')
  const problem = (await answer.json().catch(() => ({}))) as {
    reasons?: { code: string; message: string }[]
    detail?: string
  }
  const reason = problem.reasons?.[0]
  throw new Refused(reason?.code ?? 'failed', reason?.message ?? problem.detail ?? 'This can’t be shown now.')
}

export const askIndex = async (viewing: string, camera: string): Promise<Index> =>
  (await ask(`${viewing}/index?camera=${camera}`)).json() as Promise<Index>

export const askLines = async (viewing: string, reel: string): Promise<readonly Line[]> =>
  ((await (await ask(`${viewing}/reels/${reel}`)).json()) as { fragments: readonly Line[] }).fragments

export const askInit = async (viewing: string, reel: string): Promise<ArrayBuffer> =>
  (await ask(`${viewing}/reels/${reel}/init`)).arrayBuffer()

export const askFragment = async (viewing: string, reel: string, sequence: number): Promise<ArrayBuffer> =>
  (await ask(`${viewing}/fragments/${reel}/${sequence}`)).arrayBuffer()

export type Sought = {
  readonly reel: string
  readonly sequence: number
  readonly startMs: number
  readonly endMs: number
  readonly decodeTime: number
  readonly codec: string
  readonly bytes: ArrayBuffer
}

/** The first picture at an instant, in one request. */
export async function askSeek(viewing: string, camera: string, atMs: number): Promise<Sought> {
  const answer = await ask(`${viewing}/seek?camera=${camera}&at=${Math.round(atMs)}`)
  const head = (name: string): string => answer.headers.get(`overt-${name}`) ?? ''
  return {
    reel: head('reel'),
    sequence: Number(head('sequence')),
    startMs: Number(head('start')),
    endMs: Number(head('end')),
    decodeTime: Number(head('decode-time')),
    codec: head('codec'),
    bytes: await answer.arrayBuffer(),
  }
}
