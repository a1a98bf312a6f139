/** What a camera does, in words: from its recorder's last word in this process, else from the database. */
import type { CameraStatus } from '#formats/link/link.ts'
import type { FootageDeps } from '../deps.ts'
import type { CameraState } from '../model.ts'
import { findCameraState } from '../store.ts'

/** A recorder that said nothing for this long is not counted as well. */
export const silentMs = 30_000

/** What one linked recorder last told of its cameras. */
export type LastWord = { readonly heardMs: number; readonly cameras: ReadonlyMap<string, CameraStatus> }

const stateWords: Readonly<Record<CameraStatus['state'], string>> = {
  recording: 'Recording',
  connecting: 'Trying to reach the camera',
  silent: 'The camera is connected but sends no picture',
  waiting: 'Waiting: its authority has not begun yet',
  'no-mandate': 'Not recording: it has no authority',
  refused: 'No picture from the camera',
  'disk-full': 'Not recording: the recorder’s disk is full',
  fault: 'Not recording: something is wrong',
}

/** What a camera does, by its recorder's last word. A word too old is said to be so, never taken for now. */
export async function stateOf(
  deps: FootageDeps,
  known: ReadonlyMap<string, LastWord>,
  cameraId: string,
): Promise<CameraState> {
  const nowMs = deps.clock.nowMs()
  for (const one of known.values()) {
    const now = one.cameras.get(cameraId)
    if (now === undefined || nowMs - one.heardMs > silentMs) continue
    const interval = now.mandate === null ? null : await intervalOf(deps, cameraId, now.mandate)
    return {
      cameraId,
      state: kindOf(now.state),
      words: now.words ? `${stateWords[now.state]}: ${now.words}` : stateWords[now.state],
      sinceMs: now.sinceMs,
      lastFrameMs: now.lastFrameMs,
      untilMs: interval?.untilMs ?? null,
      mandateId: now.mandate,
      heardMs: one.heardMs,
    }
  }
  const last = await findCameraState(deps.sql, cameraId)
  return {
    cameraId,
    state: 'unknown',
    words:
      last === null
        ? 'No recorder has told of this camera yet'
        : 'The recorder can’t be reached: what the camera does now is not known',
    sinceMs: last?.sinceMs ?? null,
    lastFrameMs: last?.lastFrameMs ?? null,
    untilMs: null,
    mandateId: last?.mandateId ?? null,
    heardMs: last?.toldMs ?? null,
  }
}

/** The cameras of which `stateOf` says 'recording' at this instant. */
export function recordingNow(known: ReadonlyMap<string, LastWord>, nowMs: number): readonly string[] {
  const settled = new Map<string, CameraStatus>()
  for (const one of known.values())
    if (nowMs - one.heardMs <= silentMs)
      for (const [id, status] of one.cameras) if (!settled.has(id)) settled.set(id, status)
  return [...settled].filter(([, status]) => status.state === 'recording').map(([id]) => id)
}

function kindOf(state: CameraStatus['state']): CameraState['state'] {
  if (state === 'recording' || state === 'no-mandate') return state
  if (state === 'connecting' || state === 'silent') return 'connecting'
  return state === 'waiting' ? 'no-mandate' : 'fault'
}

async function intervalOf(deps: FootageDeps, cameraId: string, mandateId: string) {
  return (
    (await deps.authority.intervals(cameraId)).find((interval) => interval.mandateId === mandateId) ?? null
  )
}
