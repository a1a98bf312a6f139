/** What people do about sound: ask for it with a reason and an end, agree or refuse, and end it. */
import { z } from 'zod'
import { civilDay, daysBetween, type Result } from '#base/base.ts'
import { append } from '#ledger/ledger.ts'
import { fields } from '#web/web.ts'
import { aboutOf, act, ask, type By, denied, no, reason, yes } from './asking.ts'
import type { Standing } from './evaluate.ts'
import { dpiaThatCounts } from './facts.ts'
import * as store from './sound-store.ts'

export const soundSchema = z.object({
  purposes: fields.codes('what sound is for', { min: 1, max: 20 }),
  reason: fields.text('why pictures alone will not do', 4000),
  untilDay: fields.day('the last day with sound'),
})

const about = (standing: Standing, sound: string) => ({ ...aboutOf(standing), sound })
const none = no(reason('sound', 'Nobody has asked for sound here.'))
const open = ({ file: { sound } }: Standing) => (sound !== null && sound.ended === null ? sound : null)

/** Days with sound from today on, the first and the last counted. */
const daysOf = (standing: Standing, untilDay: string, nowMs: number): number =>
  daysBetween(civilDay(nowMs, standing.file.deployment.timeZone), untilDay) + 1

export function askSound(by: By & z.output<typeof soundSchema>): Promise<Result<{ soundId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { pack, file } = standing
      const d = file.deployment
      const decision = ask(pack, by.person, standing, 'deployment.propose', {
        deploymentType: d.type,
        purposes: d.purposes,
        lawfulBasis: d.lawfulBasis,
        reason: by.reason,
        technologies: d.technologies,
      })
      if (!decision.allowed) return denied(decision.reasons)
      const type = pack.values.deploymentTypes.find((t) => t.code === d.type)
      if (type?.audio.value !== 'off-unless-approved')
        return denied([
          reason(
            'sound-allowed',
            `Sound is off under this policy. ${type?.audio.why ?? ''}`.trim(),
            type?.audio.clause ?? null,
          ),
        ])
      const rules = pack.values.sound
      const days = daysOf(standing, by.untilDay, nowMs)
      const unfit = by.purposes.filter((p) => !rules.purposes.value.includes(p) || !d.purposes.includes(p))
      const wrong = [
        ...(unfit.length > 0
          ? [
              reason(
                'purposes',
                'Sound may serve only those of the camera’s purposes that the policy names for it',
                rules.purposes.clause,
              ),
            ]
          : []),
        ...(days < 1 ? [reason('untilDay', 'The last day is over')] : []),
        ...(days > rules.daysMax.value
          ? [
              reason(
                'untilDay',
                `These are ${days} days and sound may last ${rules.daysMax.value}`,
                rules.daysMax.clause,
              ),
            ]
          : []),
        ...(d.untilDay !== null && by.untilDay > d.untilDay
          ? [reason('untilDay', 'The camera ends before that day')]
          : []),
      ]
      if (wrong.length > 0) return no(...wrong)
      const id = await store.insertSound(tx, d.id, {
        proposalVersion: d.version,
        purposes: by.purposes,
        reason: by.reason,
        untilDay: by.untilDay,
        askedBy: by.person.id,
        askedMs: nowMs,
      })
      if (id === null) return no(reason('sound', 'Sound is asked for already, or it is on.'))
      await append(tx, {
        kind: 'sound.asked',
        actor: by.person.id,
        provider: d.provider,
        about: about(standing, id),
        data: { purposes: by.purposes, untilDay: by.untilDay },
        personal: { reason: by.reason },
        atMs: nowMs,
      })
      return yes({ soundId: id })
    },
  })
}

export function decideSound(
  by: By & { readonly role: string; readonly decision: 'approve' | 'refuse'; readonly reason: string },
): Promise<Result<{ decision: 'approve' | 'refuse' }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { pack, file } = standing
      const d = file.deployment
      const sound = open(standing)
      const dpia = dpiaThatCounts(file)
      const verdict = ask(pack, by.person, standing, 'sound.decide', {
        deploymentType: d.type,
        role: by.role,
        askedBy: sound?.askedBy ?? '',
        approvedBy: sound?.decisions.filter((x) => x.decision === 'approve').map((x) => x.by) ?? [],
        purposes: sound?.purposes ?? [],
        reason: by.reason,
        days: sound === null ? 0 : daysOf(standing, sound.untilDay, nowMs),
        assessed:
          sound !== null &&
          dpia?.decision?.outcome === 'accepted' &&
          dpia.proposalVersion === d.version &&
          dpia.submittedMs !== null &&
          dpia.submittedMs > sound.askedMs,
      })
      if (sound === null)
        return verdict.reasons.some((r) => r.code === 'able') ? denied(verdict.reasons) : none
      // A refusal waits for nothing.
      const reasons = verdict.reasons.filter(
        (r) => by.decision === 'approve' || !['sound-assessed', 'sound-end'].includes(r.code),
      )
      if (!verdict.allowed && reasons.length > 0) return denied(reasons)
      const written = await store.insertSoundDecision(tx, sound.id, {
        role: by.role,
        decision: by.decision,
        reason: by.reason,
        by: by.person.id,
        atMs: nowMs,
      })
      if (!written) return no(reason('decided', 'Somebody has decided this already in the same role.'))
      await append(tx, {
        kind: by.decision === 'approve' ? 'sound.approved' : 'sound.refused',
        actor: by.person.id,
        provider: d.provider,
        about: about(standing, sound.id),
        data: { role: by.role },
        personal: { reason: by.reason },
        atMs: nowMs,
      })
      if (by.decision === 'refuse')
        await store.endSoundRow(tx, sound.id, { atMs: nowMs, cause: 'refused', by: by.person.id })
      return yes({ decision: by.decision })
    },
  })
}

/** Ending sound needs no more than to see the camera: it takes nothing from anybody. */
export function endSound(by: By): Promise<Result<{ endedMs: number }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const sound = open(standing)
      if (sound === null) return none
      await store.endSoundRow(tx, sound.id, { atMs: nowMs, cause: 'withdrawn', by: by.person.id })
      await append(tx, {
        kind: 'sound.ended',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: about(standing, sound.id),
        data: { cause: 'audio-withdrawn', endedMs: nowMs },
        atMs: nowMs,
      })
      return yes({ endedMs: nowMs })
    },
  })
}
