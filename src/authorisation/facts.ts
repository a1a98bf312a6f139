/** What a deployment's file says, as the facts that the policy's gates ask for. Pure. */
import { createHash } from 'node:crypto'
import { addDays, canonicalJson, civilDay, startOfDayMs } from '#base/base.ts'
import { type GateFacts, type Pack, unsettled } from '#policy/policy.ts'
import type { DeploymentFile, Dpia } from './model.ts'
import { signFacts, signTroubles } from './sign-facts.ts'

/**
 * The DPIA that counts: the newest accepted one for the proposal as it stands; else one for it that waits; else an
 * accepted one that a change has reopened. A returned one counts no more, and a draft doesn't count yet.
 */
export function dpiaThatCounts(file: DeploymentFile): Dpia | null {
  const submitted = file.dpias.filter((d) => d.submittedMs !== null && d.decision?.outcome !== 'returned')
  const current = submitted.filter((d) => d.proposalVersion === file.deployment.version)
  return (
    current.find((d) => d.decision?.outcome === 'accepted') ??
    current[0] ??
    submitted.find((d) => d.decision?.outcome === 'accepted') ??
    null
  )
}

/** The reference picture, when it is of the camera's present aim and wasn't refused. */
export const referenceThatCounts = (file: DeploymentFile) =>
  file.reference !== null &&
  file.reference.refusedMs === null &&
  file.reference.aimVersion === file.camera.aimVersion
    ? file.reference
    : null

/** `enrolled`: the camera's recorder is one that footage knows and hasn't revoked. */
export function gateFacts(file: DeploymentFile, enrolled: boolean, nowMs: number): GateFacts {
  const { deployment: d, camera } = file
  const dpia = dpiaThatCounts(file)
  const reference = referenceThatCounts(file)
  return {
    deploymentType: d.type,
    today: civilDay(nowMs, d.timeZone),
    proposedBy: d.proposedBy,
    purposes: d.purposes,
    reason: d.reason,
    alternatives: d.alternatives,
    noOtherMeans: d.noOtherMeans,
    consultation:
      file.consultation === null
        ? null
        : { closesOn: file.consultation.closesOn, result: file.consultation.result?.outcome ?? null },
    newBuild:
      file.newBuild === null
        ? null
        : {
            firstTenancyDay: file.newBuild.firstTenancyDay,
            begun: file.mandates.some(
              (m) =>
                m.class === 'ordinary' && civilDay(m.fromMs, d.timeZone) < file.newBuild!.firstTenancyDay,
            ),
          },
    dpia:
      dpia === null
        ? null
        : {
            id: dpia.id,
            version: dpia.version,
            author: dpia.authorId,
            acceptedBy: dpia.decision?.outcome === 'accepted' ? dpia.decision.by : null,
            reviewDay: dpia.reviewDay,
            reopened: dpia.proposalVersion !== d.version,
          },
    approvals: file.approvals
      .filter((a) => a.decision === 'approve' && a.proposalVersion === d.version)
      .map((a) => ({ role: a.role, by: a.personId, withdrawn: d.ended?.cause === 'withdrawn' })),
    agreement:
      file.agreement === null
        ? null
        : { day: file.agreement.day, withdrawn: file.agreement.withdrawn !== null },
    signs: signFacts(file, nowMs),
    checklist:
      file.installation === null
        ? null
        : {
            by: file.installation.by,
            qualified: file.installation.qualified,
            answered: file.checklist.filter((a) => a.met).map((a) => a.item),
          },
    fieldOfView: file.view,
    reference: reference === null ? null : { id: reference.id, accepted: reference.accepted !== null },
    dates: { from: d.fromDay, until: d.untilDay, removal: d.removalDay, review: d.reviewDay },
    recorder:
      camera.recorderId === null
        ? null
        : {
            enrolled,
            cameraAnswers: camera.probe?.code === 'ok',
            device:
              camera.device?.readMs == null
                ? null
                : { functions: camera.device.functions, declared: d.technologies },
          },
  }
}

/**
 * A short mark of what a decider has before them: proposal, place, DPIA, agreement, earlier decisions. A decision
 * carries the mark of the page it was made on; when it no longer fits, the facts have changed and it isn't taken.
 */
export function factsMark(file: DeploymentFile): string {
  const { deployment: d, camera } = file
  const dpia = dpiaThatCounts(file)
  const seen = canonicalJson([
    d.id,
    d.version,
    d.ended?.cause ?? null,
    camera.label,
    camera.position,
    dpia === null ? null : [dpia.id, dpia.decision?.outcome ?? null],
    file.agreement === null ? null : [file.agreement.id, file.agreement.withdrawn !== null],
    file.approvals.map((a) => [a.role, a.decision]),
    file.consultation === null ? null : [file.consultation.id, file.consultation.result?.outcome ?? null],
  ])
  return createHash('sha256').update(seen).digest('base64url').slice(0, 16)
}

/** Something that, in a running deployment, ends its mandate: at once, or when its grace is over. */
export type Breach = {
  readonly what: 'camera-moved' | 'private-view' | 'sign-missing' | 'dpia-overdue'
  readonly words: string
  readonly clause: string | null
  readonly sinceMs: number
  /** When the mandate ends for it. */
  readonly endsMs: number
}

/** What the pack lets a fault last, in ms; null when it says nothing of it, which means: not at all. */
function graceMs(
  pack: Pack,
  type: string,
  what: Exclude<Breach['what'], 'private-view'>,
): { days: number; clause: string | null } {
  const rules = pack.values.deploymentTypes.find((t) => t.code === type)
  const grace = rules?.graceDays.find((g) => g.what === what)
  const atOnce = rules?.endsAtOnce.find((e) => e.what === what)
  return { days: grace?.days ?? 0, clause: grace?.clause ?? atOnce?.clause ?? null }
}

/** Breaches of a deployment that records. `nowMs` dates those that began just now. */
export function breachesOf(file: DeploymentFile, pack: Pack, nowMs: number): Breach[] {
  const { deployment: d } = file
  const found: Breach[] = []
  const add = (what: Exclude<Breach['what'], 'private-view'>, words: string, sinceMs: number) => {
    const { days, clause } = graceMs(pack, d.type, what)
    const endsMs =
      days === 0 ? sinceMs : startOfDayMs(addDays(civilDay(sinceMs, d.timeZone), days), d.timeZone)
    found.push({ what, words, clause, sinceMs, endsMs })
  }
  // A mandate stands on a reference picture; when the camera hangs or looks elsewhere there is none of it.
  const type = pack.values.deploymentTypes.find((t) => t.code === d.type)
  const has = (code: string) => type?.gates.some((g) => g.code === code) ?? false
  if (has('reference-picture') && referenceThatCounts(file) === null)
    add('camera-moved', 'The camera hangs, looks or connects elsewhere than approved.', nowMs)
  // At once, whatever the pack lets last: nobody is filmed at home while a paper is looked for.
  const gate = type?.gates.find((g) => g.code === 'field-of-view')
  if (gate !== undefined) {
    const seen = [...file.view.refused, ...unsettled(pack, file.view)]
    if (seen.length > 0)
      found.push({
        what: 'private-view',
        words: `It sees ${seen.join(', ')}, which is private, without leave or mask.`,
        clause: gate.clause,
        sinceMs: nowMs,
        endsMs: nowMs,
      })
  }
  if (has('signs'))
    for (const trouble of signTroubles(file)) add('sign-missing', trouble.words, trouble.sinceMs)
  const dpia = dpiaThatCounts(file)
  if (has('dpia') && dpia?.reviewDay && civilDay(nowMs, d.timeZone) >= dpia.reviewDay)
    add(
      'dpia-overdue',
      'The review of the data protection impact assessment is overdue.',
      startOfDayMs(dpia.reviewDay, d.timeZone),
    )
  return found
}
