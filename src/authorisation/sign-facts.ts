/** What a camera's signs prove, and what they must say. Pure. */

import type { GateFacts } from '#policy/policy.ts'
import { type Pack, rolesFor } from '#policy/policy.ts'
import type { Sign, SignContact, SignSays, SignSheet } from '#register/register.ts'
import type { DeploymentFile } from './model.ts'
import { agreedSound } from './sound-facts.ts'

/**
 * How long a running camera may go on under a sign with older words, where the new ones only name another purpose or
 * contact. No policy speaks of it: a landlord that changes a telephone number has every sign to hang again. What people
 * must learn at once (sound, live watching, another operator) has the pack's grace for a missing sign instead.
 */
export const olderWordsMs = 28 * 86_400_000

/** It records under an authority in force, not only to try it out. */
export const runs = (file: DeploymentFile): boolean =>
  file.mandates.some((m) => m.class !== 'commissioning' && m.ended === null)

const sheetOf = (file: DeploymentFile, sign: Sign): SignSheet | undefined =>
  file.sheets.find((sheet) => sheet.id === sign.sheetId)

/** Is what hangs older than it may be? */
export function isOutdated(file: DeploymentFile, sign: Sign, nowMs: number): boolean {
  const sheet = sheetOf(file, sign)
  if (sheet === undefined || sign.version >= sheet.version) return false
  return sign.version < sheet.mustVersion || !runs(file) || nowMs >= sheet.sinceMs + olderWordsMs
}

/** The signs as the policy's gate asks for them: those that hang, and those that should and don't yet. */
export function signFacts(file: DeploymentFile, nowMs: number): GateFacts['signs'] {
  const hanging = file.signs.map((s) => ({
    id: s.id,
    version: s.version,
    place: s.place,
    photo: s.proof === 'read' || s.proof === 'word',
    missing: s.missingMs !== null,
    outdated: isOutdated(file, s, nowMs),
    waiting: s.proof === 'waiting',
  }))
  const due = file.sheets
    .filter((sheet) => !file.signs.some((s) => s.sheetId === sheet.id))
    .map(({ id, version, place }) => ({ id, version, place, photo: false, missing: false }))
  return [...hanging, ...due]
}

/** What is wrong with signs in a way that ends a running camera's authority after the pack's grace. */
export function signTroubles(
  file: DeploymentFile,
): readonly { readonly words: string; readonly sinceMs: number }[] {
  return file.signs.flatMap((sign) => {
    if (sign.missingMs !== null)
      return [
        {
          words: sign.trouble === 'damaged' ? 'A sign was reported damaged.' : 'A sign was reported missing.',
          sinceMs: sign.missingMs,
        },
      ]
    const sheet = sheetOf(file, sign)
    return sheet !== undefined && sign.version < sheet.mustVersion
      ? [{ words: 'A sign does not say yet what people must be told.', sinceMs: sheet.mustSinceMs }]
      : []
  })
}

/** What the camera's signs must say, from what is decided about it: nobody types it. */
export function saysOf(
  pack: Pack,
  file: Pick<DeploymentFile, 'deployment' | 'sound'>,
  landlord: string,
  contact: SignContact | null,
  languages: readonly string[],
): SignSays {
  const { purposes } = file.deployment
  return {
    operator: landlord,
    purposes: pack.values.purposes.filter((p) => purposes.includes(p.code)).map((p) => p.label),
    contact,
    // Before sound begins: the sign is what lets it begin.
    audio: agreedSound(pack, file) !== null,
    monitored: mayBeWatched(pack),
    languages,
  }
}

/** Live pictures are open under this policy, and to somebody: whoever passes may be watched as it happens. */
export const mayBeWatched = (pack: Pack): boolean =>
  pack.values.live.allowed.value && rolesFor(pack, 'footage.live').length > 0
