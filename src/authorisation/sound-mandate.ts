/**
 * When a mandate carries sound. It never does by itself: somebody asked, every role that the policy names agreed, the
 * signs say so, and its last day is not over. When that ends, the camera goes on without sound.
 */
import { civilDay } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import type { Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { allMet } from '#policy/policy.ts'
import { placeOf } from '#register/register.ts'
import { isStopped, type Parts, type Standing } from './evaluate.ts'
import { type Lease, planLease } from './lease.ts'
import { currentMandate } from './mandate-store.ts'
import { endMandate, issueMandate } from './mandates.ts'
import type { MandateRow } from './model.ts'
import { agreedSound, soundUntilMs, soundWaitsFor } from './sound-facts.ts'
import { endSoundRow } from './sound-store.ts'
import { isUnsure } from './unsure.ts'

/** Does every sign of the camera say that it hears? Where the policy asks for none there is no sound either. */
export function signsSaySound({ file, gates }: Standing): boolean {
  const met = gates.find((g) => g.code === 'signs')?.state === 'met'
  return met && file.sheets.length > 0 && file.sheets.every((sheet) => sheet.says.audio)
}

/** Brings the mandate in force in line with what is decided about sound. */
export async function bringSoundInLine(
  tx: Tx,
  deps: Parts,
  standing: Standing,
  actor: string | null,
  nowMs: number,
): Promise<void> {
  const { file, pack } = standing
  const { deployment: d } = file
  const agreed = agreedSound(pack, file)
  const untilMs = agreed === null ? null : soundUntilMs(agreed, d.timeZone)
  if (agreed !== null && untilMs! <= nowMs) {
    await endSoundRow(tx, agreed.id, { atMs: untilMs!, cause: 'expired', by: null })
    await append(tx, {
      kind: 'sound.ended',
      actor: null,
      provider: d.provider,
      about: { deployment: d.id, camera: d.cameraId, system: d.systemId, sound: agreed.id },
      data: { cause: 'audio-expired', endedMs: untilMs! },
      atMs: nowMs,
    })
  }
  const wanted = untilMs !== null && untilMs > nowMs ? untilMs : null
  const current = await currentMandate(tx, file.camera.id)
  if (current === null || current.deploymentId !== d.id || current.class !== 'ordinary') return
  const ready = allMet(standing.gates) && !isStopped(file) && !(await isUnsure(tx, file.camera.id))
  if (current.audioUntilMs === null) {
    if (wanted === null || !ready || !signsSaySound(standing)) return
    const lease = planLease(d, nowMs)
    if (lease !== null) await issueMandate(tx, deps, issue(standing, lease, actor, nowMs, wanted, 'replaced'))
    return
  }
  if (wanted === current.audioUntilMs) return
  // Its time is over: the recorder has stopped it by itself. Ended sooner: only a signed word stops it.
  const early = current.audioUntilMs > nowMs
  const lease = withoutMore(planLease(d, nowMs), current, d.timeZone)
  if (early || lease === null || (await isUnsure(tx, file.camera.id)))
    await endMandate(tx, deps, current, { cause: 'audio-withdrawn', atMs: nowMs, actor })
  if (lease !== null && !(await isUnsure(tx, file.camera.id)))
    await issueMandate(tx, deps, issue(standing, lease, actor, nowMs, null, 'audio-expired'))
}

const issue = (
  { file, pack, gates }: Standing,
  lease: Lease,
  actor: string | null,
  nowMs: number,
  audioUntilMs: number | null,
  replaces: 'replaced' | 'audio-expired',
) => ({ file, pack, gates, class: 'ordinary' as const, lease, actor, nowMs, audioUntilMs, replaces })

/** The same authority without sound gives no day more than the mandate that it takes the place of. */
function withoutMore(lease: Lease | null, current: MandateRow, timeZone: string): Lease | null {
  if (lease === null || current.untilMs <= lease.fromMs) return null
  const untilMs = Math.min(lease.untilMs, current.untilMs)
  const last = civilDay(untilMs - 1, timeZone)
  return { ...lease, untilMs, days: lease.days.filter((day) => day <= last) }
}

/** Who has to decide on sound, and who has to hang the signs before it begins. */
export async function bringSoundTasksInLine(tx: Tx, { file, pack }: Standing, nowMs: number): Promise<void> {
  const { deployment: d, site, sound } = file
  const about = { deployment: d.id }
  const open = sound !== null && sound.ended === null && d.ended === null
  const waits = open ? soundWaitsFor(pack, sound) : []
  for (const { role, clause } of pack.values.sound.approvals) {
    const kind = `sound.decide.${role}`
    if (waits.includes(role))
      await openTask(tx, {
        kind,
        provider: d.provider,
        ...placeOf(site),
        title: `Sound is asked for at ${d.reference}: decide.`,
        roles: [role],
        about,
        dueMs: sound!.askedMs + 7 * 86_400_000,
        keepDue: true,
        clause,
        nowMs,
      })
    else await closeTask(tx, { kind, about, nowMs })
  }
}
