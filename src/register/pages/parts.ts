/** What every page of the register needs: whom it asks, and how a person's reach decides what they find. */
import { z } from 'zod'
import type { Sql, Tx } from '#engine/engine.ts'
import { clauseHref, clauseLabel, type Pack } from '#policy/policy.ts'
import {
  type Answer,
  components as c,
  type FieldError,
  fields,
  type Html,
  html,
  marks,
  type Page,
  type Person,
} from '#web/web.ts'
import { type Camera, findCamera } from '../camera-store.ts'
import type { CredentialBox } from '../credentials.ts'
import type { RunningCamera } from '../estate/write-estate.ts'
import type { FieldChange } from '../history.ts'
import { type Packs, reaches, reachOf } from '../reach.ts'
import { foundPerPage, pageMax } from '../search.ts'
import { findSite, type Site } from '../site-store.ts'
import { findSystem, type System } from '../system-store.ts'

export type RegisterDeps = {
  readonly sql: Sql
  readonly packs: Packs
  named(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
  /** Accounts with any role at a landlord, for naming a manager. */
  staffOf(provider: string): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Seals the passwords that come with an estate file. */
  readonly box: CredentialBox
  /** Recorders that the landlord's cameras may hang on. */
  recordersFor(provider: string): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Asks for authority over a camera that an older system records today; false: it has some, or waits for it. */
  takeOver(tx: Tx, camera: RunningCamera): Promise<boolean>
  /** What was said of cameras when they were taken over, as far as the person may see their authority; by camera. */
  takenOverAs(
    person: Person,
    cameraIds: readonly string[],
  ): Promise<ReadonlyMap<string, Pick<RunningCamera, 'placement' | 'basis' | 'reason'>>>
  /** Where the landlord lets map pictures come from; absent: nowhere, and a map is plain paper. */
  readonly mapTiles?: string | null
}

export const noPlace: Answer = { notFound: 'There is no such place, or you may not see it.' }
export const noSystem: Answer = { notFound: 'There is no such system, or you may not see it.' }
export const noDevice: Answer = { notFound: 'There is no such equipment, or you may not see it.' }
export const noSupplier: Answer = { notFound: 'There is no such supplier, or you may not see it.' }
export const noCamera: Answer = { notFound: 'There is no such camera, or you may not see it.' }
export const looking = { none: 'the register names places and cameras, and shows no picture' }
export const withId = z.object({ id: fields.id('a place') })
/**
 * An edit of what somebody else changed meanwhile: what was typed stays in the form, and above it stands what the
 * register says now, so that a second press is a decision. `other`: where the two differ, typed and now.
 */
export function changedMeanwhile(other: readonly FieldChange[]): readonly FieldError[] {
  const now = other.map(([field, , became]) => `${field}: ${became ?? 'nothing'}`).join('; ')
  return [
    {
      field: null,
      message: `Somebody else changed this while you were typing. What you typed is kept below. ${
        now === '' ? 'The register now says the same as you.' : `The register now says: ${now}.`
      } Check it, then save again.`,
    },
  ]
}

/** The number of a page of a list. What is no such number is the first page: nobody types it, links hold it. */
export const pageNumber = z.preprocess((given) => {
  const page = Number(given)
  return Number.isInteger(page) && page >= 1 && page <= pageMax ? page : 1
}, z.int())
/** Words to look for; too many are cut, since a search is never worth an error. */
export const searchText = z.preprocess(
  (given) => (typeof given === 'string' ? given.replaceAll('\0', '').trim().slice(0, 100) : ''),
  z.string(),
)

/** Links to the other pages of a list, and how much there is. */
export function pager(total: number, page: number, href: (page: number) => string): Html {
  const pages = Math.ceil(total / foundPerPage)
  return html`${c.pagination({ page, pages, href, label: 'Pages of this list' })}${
    pages > 1 ? marks.small(`${total.toLocaleString('en-GB')} in all, ${foundPerPage} on a page.`) : null
  }`
}

/** `/sites?text=elm&page=2`, without what is empty. */
export function listAddress(path: string, asked: Readonly<Record<string, string | number | null>>): string {
  const query = new URLSearchParams(
    Object.entries(asked).flatMap(([name, value]) =>
      value === null || value === '' || (name === 'page' && value === 1) ? [] : [[name, String(value)]],
    ),
  ).toString()
  return query === '' ? path : `${path}?${query}`
}

/** A register action a person's roles must open. */
export type RegisterAction = 'register.view' | 'register.edit'

/** The site, when it is there and the person's roles reach it for this action; else null, whichever it was. */
export async function siteFor(
  deps: RegisterDeps,
  person: Person,
  id: string,
  action: RegisterAction,
): Promise<Site | null> {
  const site = await findSite(deps.sql, id)
  return site &&
    reaches(reachOf(person, action, deps.packs), site.provider, site.area, {
      siteId: site.id,
      patchId: site.patchId,
    })
    ? site
    : null
}

/** The same for a camera. */
export async function cameraFor(
  deps: RegisterDeps,
  person: Person,
  id: string,
  action: RegisterAction,
): Promise<Camera | null> {
  const camera = await findCamera(deps.sql, id)
  return camera && reaches(reachOf(person, action, deps.packs), camera.provider, camera.area, camera)
    ? camera
    : null
}

/** The system with its site, when the person's roles reach it for this action. */
export async function systemFor(
  deps: RegisterDeps,
  person: Person,
  id: string,
  action: RegisterAction,
): Promise<{ readonly system: System; readonly site: Site } | null> {
  const system = await findSystem(deps.sql, id)
  const site = system === null ? null : await siteFor(deps, person, system.siteId, action)
  return system === null || site === null ? null : { system, site }
}

/** May this person change anything at all? Enough for a button; what it leads to decides again. */
export const mayEditSomething = (person: Person, packs: Packs): boolean => {
  const reach = reachOf(person, 'register.edit', packs)
  return reach.everywhere || reach.held.length > 0
}

/** Names for a page: somebody who has left is said to have left. */
export async function namesOf(
  deps: RegisterDeps,
  ids: readonly (string | null)[],
): Promise<(id: string | null) => string> {
  const known = await deps.named([...new Set(ids.filter((id) => id !== null))])
  return (id) => (id === null ? 'Nobody yet' : (known.get(id)?.name ?? 'Somebody who has left'))
}

/** The mark of a rule beside a line: its clause, or that the policy says nothing of it. */
export function ruleMark(pack: Pack, clause: string | null): Html {
  return clause === null
    ? html`<span class="govuk-body-s overt-muted">The policy does not say; Overt asks for it</span>`
    : marks.clause(clauseLabel(pack, clause), clauseHref(pack, clause))
}

export const gone = (what: string): Page => ({ title: 'Not found', body: marks.heading({ title: what }) })

export const nameOf = (packs: Packs) => (slug: string) => packs.find(slug)?.name ?? slug
