/** The data protection impact assessment: written, sent, accepted or returned. */
import { civilDay, type Result } from '#base/base.ts'
import { append } from '#ledger/ledger.ts'
import { keptDays } from '#register/register.ts'
import { aboutOf, act, ask, type By, denied, no, reason, yes } from './asking.ts'
import type { Standing } from './evaluate.ts'
import type { LocationRow } from './model.ts'
import * as store from './store.ts'
import { allowedForAll, writersOf } from './whose.ts'

/** Filled from the register and the policy, never typed (capabilities A6). */
export function locationTable({ file, pack }: Standing): LocationRow[] {
  const { deployment: d, camera, site } = file
  return [
    {
      place: site.name,
      camera: camera.label,
      position: camera.position,
      purposes: d.purposes.map((code) => pack.values.purposes.find((p) => p.code === code)?.label ?? code),
      retentionDays: keptDays(file.system, pack.values.retentionDays.value),
      // Asked for or on: either way the assessment weighs it.
      audio: file.sound !== null && file.sound.ended === null,
      signs: file.signs.filter((s) => s.missingMs === null).length,
    },
  ]
}

/** Keeps what was written so far; with `submit` it goes to the DPO, all questions answered. */
export function writeDpia(
  by: By & { readonly answers: Readonly<Record<string, string>>; readonly submit: boolean },
): Promise<Result<{ version: number; submitted: boolean }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const d = file.deployment
      const decision = ask(pack, by.person, standing, 'dpia.write', { deploymentType: d.type })
      if (!decision.allowed) return denied(decision.reasons)
      const waiting = file.dpias.find(
        (p) => p.submittedMs !== null && p.decision === null && p.proposalVersion === d.version,
      )
      if (waiting)
        return no(
          reason('dpia-waits', `Version ${waiting.version} waits for the data protection officer’s answer.`),
        )
      const asked = pack.values.dpia.questions
      const answers = Object.fromEntries(asked.map((q) => [q.code, (by.answers[q.code] ?? '').trim()]))
      const missing = asked.filter((q) => answers[q.code] === '')
      if (by.submit && missing.length > 0)
        return no(...missing.map((q) => reason(`answer-${q.code}`, `Answer: ${q.ask}`, q.clause)))
      const { id, version } = await store.saveDpiaDraft(tx, {
        deploymentId: d.id,
        proposalVersion: d.version,
        answers,
        authorId: by.person.id,
        nowMs,
      })
      if (by.submit) {
        await store.submitDpia(tx, id, locationTable(standing), nowMs)
        await append(tx, {
          kind: 'dpia.submitted',
          actor: by.person.id,
          provider: d.provider,
          about: { ...aboutOf(standing), dpia: id },
          data: { version, proposalVersion: d.version },
          atMs: nowMs,
        })
      }
      return yes({ version, submitted: by.submit })
    },
  })
}

export function answerDpia(
  by: By & {
    readonly dpiaId: string
    readonly outcome: 'accepted' | 'returned'
    readonly reason: string
    readonly mark: string | null
  },
): Promise<Result<{ version: number }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const d = file.deployment
      const dpia = file.dpias.find((p) => p.id === by.dpiaId && p.submittedMs !== null)
      if (!dpia) return no(reason('dpia', 'There is no such assessment to answer.'))
      const decision = allowedForAll(writersOf(dpia), (author) =>
        ask(pack, by.person, standing, 'dpia.accept', { deploymentType: d.type, author }),
      )
      if (!decision.allowed) return denied(decision.reasons)
      if (dpia.decision !== null)
        return no(reason('decided', `Version ${dpia.version} has already been ${dpia.decision.outcome}.`))
      if (dpia.proposalVersion !== d.version)
        return no(
          reason('facts-changed', 'The proposal changed since this was written. It needs a new version.'),
        )
      if (by.outcome === 'returned' && by.reason === '')
        return no(reason('reason', 'Say what has to be put right.'))
      const reviewDay = Temporal.PlainDate.from(civilDay(nowMs, d.timeZone))
        .add({ months: pack.values.dpia.reviewMonths.value })
        .toString()
      await store.decideDpia(tx, dpia.id, {
        outcome: by.outcome,
        reason: by.reason,
        by: by.person.id,
        reviewDay: by.outcome === 'accepted' ? reviewDay : null,
        nowMs,
      })
      await append(tx, {
        kind: by.outcome === 'accepted' ? 'dpia.accepted' : 'dpia.returned',
        actor: by.person.id,
        provider: d.provider,
        about: { ...aboutOf(standing), dpia: dpia.id },
        data: { version: dpia.version },
        ...(by.reason === '' ? {} : { personal: { reason: by.reason } }),
        atMs: nowMs,
      })
      return yes({ version: dpia.version })
    },
  })
}
