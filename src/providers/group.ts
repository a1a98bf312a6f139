/** Groups: several landlords under one policy. A subsidiary joins once and for good. */
import type { Reason } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { Pack } from '#policy/policy.ts'

export type WantedSubsidiary = {
  readonly slug: string
  readonly name: string
  /** Slug of the landlord whose policy it decides by. */
  readonly group: string
  readonly by: string | null
  readonly nowMs: number
}

type Known = { readonly name: string; readonly group: string | null; readonly versions: readonly unknown[] }

const slugPattern = /^[a-z][a-z0-9-]{0,59}$/

/** Why a landlord can't join, or null. */
export function whyNoSubsidiary(
  wanted: WantedSubsidiary,
  group: Known | null,
  known: Known | null,
  packs: readonly Pack[],
): Reason | null {
  const no = (code: string, message: string): Reason => ({ code, message, clause: null })
  if (group === null) return no('group', 'Choose the landlord whose policy the group follows.')
  if (group.group !== null)
    return no('group', `${group.name} is itself part of a group. Choose the landlord at its head.`)
  if (!slugPattern.test(wanted.slug))
    return no('slug', 'A short name has small letters, digits and hyphens, and begins with a letter.')
  if (known !== null || packs.some((pack) => pack.provider === wanted.slug))
    return no(
      'slug',
      `“${wanted.slug}” is already the short name of a landlord or of a policy. Choose another.`,
    )
  if (wanted.name.trim() === '' || wanted.name.length > 120)
    return no('name', 'Enter the landlord’s name, of at most 120 characters.')
  return null
}

export async function insertSubsidiary(tx: Tx, wanted: WantedSubsidiary): Promise<void> {
  await tx`
    insert into providers.subsidiary (slug, group_slug, added_by, added_at)
    values (${wanted.slug}, ${wanted.group}, ${wanted.by}, ${wanted.nowMs}::timestamptz)`
}

export async function allSubsidiaries(sql: Query): Promise<{ slug: string; group: string }[]> {
  return await sql<{ slug: string; group: string }[]>`
    select slug, group_slug as "group" from providers.subsidiary order by slug`
}
