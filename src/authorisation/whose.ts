/**
 * Whose words something is. A proposal that a colleague rewrote is theirs too, and so is an assessment that passed through
 * several hands: the policy's "somebody else" is asked for each of them (UK GDPR Art 5(2), 35(2)).
 */
import type { Decision, Reason } from '#base/base.ts'
import type { Deployment, Dpia } from './model.ts'

/** Who asked for the camera: whoever proposed it, and everybody who changed what was proposed. */
export const askersOf = (d: Pick<Deployment, 'proposedBy' | 'revisedBy'>): readonly string[] => [
  ...new Set([d.proposedBy, ...d.revisedBy]),
]

/** Everybody who wrote a version of an assessment. */
export const writersOf = (dpia: Pick<Dpia, 'authorId' | 'writerIds'>): readonly string[] => [
  ...new Set([dpia.authorId, ...dpia.writerIds]),
]

/** Allowed only when it is allowed whichever of these people it is about; each reason once. */
export function allowedForAll(about: readonly string[], put: (personId: string) => Decision): Decision {
  const decisions = about.map(put)
  const reasons = new Map<string, Reason>()
  for (const { code, ...rest } of decisions.flatMap((one) => one.reasons))
    reasons.set(code, { code, ...rest })
  return { allowed: decisions.every((one) => one.allowed), reasons: [...reasons.values()] }
}
