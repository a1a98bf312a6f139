/** One camera in one line: is it lawful, is it recording, and if not, why not. Pure: facts in, words out. */
import type { CameraGroup, DeploymentFile } from '#authorisation/authorisation.ts'
import type { CameraState } from '#footage/footage.ts'
import { type Gate, inSentence } from '#policy/policy.ts'
import { momentWords } from '#web/web.ts'

export type Glance = {
  /** The same as `camerasByUrgency` puts the whole list in order by. */
  readonly state: CameraGroup
  /** On the tag. */
  readonly tag: string
  /** The sentence under it. */
  readonly words: string
}

type Seen = {
  /** Null when nobody has asked for this camera yet. */
  readonly file: Pick<DeploymentFile, 'deployment' | 'stop' | 'mandates'> | null
  readonly gates: readonly Gate[]
  readonly recorder: CameraState
  readonly nowMs: number
  readonly timeZone: string
}

const endedWords: Readonly<Record<string, string>> = {
  expired: 'Its authority ran out',
  withdrawn: 'Its approval was withdrawn',
  'agreement-withdrawn': 'The resident withdrew their agreement',
  refused: 'It was refused',
  extended: 'A new authority took its place',
}

/** Lawful means a mandate is in force; recording means that sealed frames arrive. Only both together are well. */
export function glance(seen: Seen): Glance {
  const { file, recorder, nowMs, timeZone } = seen
  if (file === null)
    return { state: 'stopped', tag: 'No authority', words: 'Nobody has asked for this camera to record.' }
  const { deployment, stop } = file
  if (deployment.ended !== null) {
    const why = endedWords[deployment.ended.cause] ?? 'Its authority ended'
    return {
      state: 'stopped',
      tag: 'Stopped',
      words: `${why} on ${momentWords(deployment.ended.atMs, timeZone)}.`,
    }
  }
  if (stop !== null && stop.lifted === null)
    return {
      state: 'stopped',
      tag: 'Stopped',
      words: `It was stopped on ${momentWords(stop.atMs, timeZone)}.`,
    }
  const mandate = file.mandates.find(
    (m) => m.class !== 'commissioning' && m.ended === null && m.fromMs <= nowMs && nowMs < m.untilMs,
  )
  if (mandate === undefined) {
    const open = seen.gates.filter((gate) => gate.state !== 'met')
    return open.length === 0
      ? {
          state: 'waiting',
          tag: 'Approved, not started',
          words: 'Everything is in place; its first day has not come yet.',
        }
      : {
          state: 'waiting',
          tag: 'Not yet lawful',
          words: `Waiting for: ${open.map((gate) => inSentence(gate.label)).join(', ')}.`,
        }
  }
  if (mandate.class === 'transitional') return forNow(seen, mandate.authorityUntilMs)
  if (recorder.state === 'recording')
    return {
      state: 'lawful',
      tag: 'Lawful and recording',
      words: 'It may record, and it is recording.',
    }
  return {
    state: 'attention',
    tag: 'Lawful, not recording',
    words: `It may record, but no pictures arrive. ${recorder.words}`,
  }
}

/** Taken over from an older system: never "lawful" before every step of the policy is done. */
function forNow({ gates, recorder, timeZone }: Seen, untilMs: number | null): Glance {
  const open = gates.filter((gate) => gate.state !== 'met').map((gate) => inSentence(gate.label))
  const until = untilMs === null ? 'for at most 90 days' : `until ${momentWords(untilMs, timeZone)}`
  const lacks = open.length === 0 ? '' : ` It lacks: ${open.join(', ')}.`
  return recorder.state === 'recording'
    ? {
        state: 'attention',
        tag: 'Recording for now',
        words: `It was taken over from an older system and may go on ${until}.${lacks}`,
      }
    : {
        state: 'attention',
        tag: 'Allowed for now, not recording',
        words: `It may go on ${until}, but no pictures arrive. ${recorder.words}${lacks}`,
      }
}
