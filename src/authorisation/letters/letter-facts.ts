/** What the record says for a letter about one camera, and why there may be none. */
import { civilDay } from '#base/base.ts'
import type { Query } from '#engine/engine.ts'
import { type Pack, rolesFor } from '#policy/policy.ts'
import { findContact, keptDays } from '#register/register.ts'
import { dayWords } from '#web/web.ts'
import type { Consultation } from '../consultation-store.ts'
import type { Standing } from '../evaluate.ts'
import { pounds } from '../pages/consultation-page.ts'
import { roleTitles } from '../pages/words.ts'
import type { AuthorisationDeps } from '../parts.ts'
import { runs, saysOf } from '../sign-facts.ts'
import { isUnlisted, languagesOf } from '../signs-in-line.ts'
import { type LetterFacts, type LetterKind, letterLacks } from './letter-says.ts'

type Facts = { readonly ok: true; readonly facts: LetterFacts } | { readonly ok: false; readonly why: string }

/** The facts of a letter of this kind, or in plain words why none can be made. */
export async function letterFacts(
  sql: Query,
  deps: Pick<AuthorisationDeps, 'packs' | 'signs'>,
  { file, pack }: Standing,
  kind: LetterKind,
  nowMs: number,
): Promise<Facts> {
  const { deployment: d, consultation } = file
  const no = (why: string): Facts => ({ ok: false, why })
  if (d.ended !== null) return no('It has ended, so there is nothing to tell of.')
  // A letter to the neighbours would give away what the sign must not: where somebody needs to be safe.
  if (await isUnlisted(sql, pack, file))
    return no(
      'This camera is in or beside somebody’s home, or is marked for safety. A letter to others would give that away, so none is made. Whoever lives there is told in person.',
    )
  const asked = consultation !== null && consultation.result === null ? consultation : null
  if (kind === 'consultation' && asked === null)
    return no('No consultation is open about this camera. Open it first.')
  const contact = await findContact(sql, d.provider)
  const landlord = deps.packs.find(d.provider)?.name ?? pack.name
  const languages = await languagesOf(sql, d.provider)
  const says = saysOf(pack, file, landlord, contact, languages)
  const lacks = letterLacks({ contact, purposes: says.purposes })
  if (lacks.length > 0 || contact === null)
    return no(`No letter is made without ${lacks.join(' and ')}. Ask for that first.`)
  const { version: _version, ...ask } = contact
  return {
    ok: true,
    facts: {
      kind,
      landlord,
      reference: d.reference,
      place: file.site.name,
      purposes: says.purposes,
      fromDay: d.fromDay,
      untilDay: d.untilDay,
      reviewDay: d.reviewDay,
      retentionDays: keptDays(file.system, pack.values.retentionDays.value),
      sound: says.audio,
      watched: says.monitored,
      ...(runs(file) ? { records: true as const } : {}),
      contact: ask,
      recipients: pack.values.disclosure.recipients.map((r) => r.label),
      policyTitle: `${pack.values.document.title}, in effect from ${dayWords(pack.version)}`,
      notice: `${deps.signs.base()}/privacy/${d.provider}`,
      languages,
      day: civilDay(nowMs, d.timeZone),
      asked:
        kind === 'told' || asked === null
          ? null
          : {
              payers: asked.payers,
              cameras: asked.cameras,
              opensOn: asked.opensOn,
              closesOn: asked.closesOn,
              questions: asked.questions,
              ...chargeShown(asked),
              decidedBy: roleTitles(pack, pack.values.consultation.resultBy.value),
            },
    },
  }
}

const chargeShown = (asked: Consultation) => ({
  yearlyCost: pounds(asked.yearlyCostPence),
  householdCost: asked.chargeBasis === 'service-charge' ? pounds(asked.householdPence) : null,
})

/** Roles that may see whose adjustments a letter keeps to, and so print it. */
export const lettersBy = (pack: Pack): readonly string[] => rolesFor(pack, 'adjustment.keep')
