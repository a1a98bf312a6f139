/** What is decided about a camera's sound. Pure. */
import { addDays, startOfDayMs } from '#base/base.ts'
import type { Pack } from '#policy/policy.ts'
import type { DeploymentFile } from './model.ts'
import type { Sound } from './sound-store.ts'

type File = Pick<DeploymentFile, 'deployment' | 'sound'>

/** Roles that have yet to agree. */
export const soundWaitsFor = (pack: Pack, sound: Sound): readonly string[] =>
  pack.values.sound.approvals
    .map((a) => a.role)
    .filter((role) => !sound.decisions.some((d) => d.role === role && d.decision === 'approve'))

/** The sound that everybody has agreed to and that has not ended; null: there is none. The signs must say it. */
export function agreedSound(pack: Pack, { deployment: d, sound }: File): Sound | null {
  const type = pack.values.deploymentTypes.find((t) => t.code === d.type)
  if (type?.audio.value !== 'off-unless-approved' || pack.values.sound.approvals.length === 0) return null
  if (sound === null || sound.ended !== null || sound.proposalVersion !== d.version) return null
  return soundWaitsFor(pack, sound).length === 0 ? sound : null
}

/** Not one sample at or after this instant. */
export const soundUntilMs = (sound: Sound, timeZone: string): number =>
  startOfDayMs(addDays(sound.untilDay, 1), timeZone)
